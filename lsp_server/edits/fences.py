"""The fenced code blocks of a Markdown text."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block. `info` is what stands after its opening fence."""

    info: str
    text: str

    @property
    def language(self) -> str:
        """The first word of `info` in lower case; a path after a colon is cut off."""
        return self.info.split(maxsplit=1)[0].split(":")[0].lower() if self.info else ""

    @property
    def path(self) -> str:
        """The path that `info` names after the language, or an empty string."""
        words = self.info.replace(":", " ").replace("=", " ").split()
        return next((word for word in words[1:] if "." in word.strip("{}\"'")), "")


def fences_of(text: str) -> list[Fence]:
    """Return the fenced blocks of `text` (CommonMark 0.31, section 4.5), those in lists too."""
    tokens = _parser().parse(text)
    return [Fence(token.info.strip(), token.content) for token in tokens if token.type == "fence"]


def fence_for(text: str) -> str:
    """Return a fence that no line of `text` can close."""
    longest = max((len(run) for run in _runs(text)), default=0)
    return "`" * max(3, longest + 1)


def _runs(text: str) -> list[str]:
    heads = (line.lstrip() for line in text.split("\n"))
    return [head[: len(head) - len(head.lstrip("`"))] for head in heads]


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")
