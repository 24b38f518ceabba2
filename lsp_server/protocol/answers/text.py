"""An answer as it grows, as Markdown."""

from lsp_server.features.values import AnswerPart, PartKind


class AnswerText:
    """All parts of one answer so far."""

    def __init__(self, question: str) -> None:
        self._question = " ".join(question.split())
        self._parts: dict[PartKind, list[str]] = {kind: [] for kind in PartKind}
        self._end = "*Thinking…*"

    def add(self, part: AnswerPart) -> None:
        """Take the next part."""
        self._parts[part.kind].append(part.text)
        if part.kind is PartKind.TEXT:
            self._end = ""

    def finish(self, remark: str = "") -> None:
        """Take note that nothing more comes; `remark` says why, if something went wrong."""
        self._end = remark

    @property
    def answer(self) -> str:
        """The answer alone."""
        return "".join(self._parts[PartKind.TEXT])

    @property
    def thinking(self) -> str:
        """The reasoning alone."""
        return "".join(self._parts[PartKind.THINKING])

    @property
    def notes(self) -> str:
        """The remarks, each a paragraph."""
        return "\n\n".join(note.strip() for note in self._parts[PartKind.NOTE])

    def markdown(self) -> str:
        """Return the whole as a document, without the reasoning while the answer still grows."""
        notes = "\n".join(f"> {line}".rstrip() for line in self.notes.splitlines())
        pieces = [f"# {self._question}", self.answer.strip("\n"), notes, self._end]
        return "\n\n".join(piece for piece in pieces if piece) + "\n"

    def whole(self) -> str:
        """Return the finished document with the reasoning folded at its end."""
        thinking = self.thinking.strip()
        if not thinking:
            return self.markdown()
        fold = f"<details><summary>Reasoning</summary>\n\n{thinking}\n\n</details>\n"
        return f"{self.markdown()}\n{fold}"
