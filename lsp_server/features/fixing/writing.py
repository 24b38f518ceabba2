"""Ask the executor for a change, and read what it answers."""

from contextlib import aclosing
from dataclasses import dataclass

from lsp_server.common.edits import TextEdit, apply_edits
from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position
from lsp_server.edits.errors import EditError
from lsp_server.edits.fences import fence_for
from lsp_server.edits.read import read_edits
from lsp_server.edits.target import Target
from lsp_server.features.fixing.task import Task
from lsp_server.features.fixing.telling import Telling
from lsp_server.features.seams import Workshop
from lsp_server.models.api import ChatPrompt, Finish, Outcome, Request, RoleModel, Text
from lsp_server.models.prompts.editing import Piece, edit_tail, next_round
from lsp_server.models.prompts.shared import SYSTEM, render_context

_AROUND_LINES = 60


class Truncated(EditError):
    """The answer reached the most tokens it may have before it was whole."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One answer and what came of it: edits and the text they give, or why there are none."""

    answer: str
    edits: tuple[TextEdit, ...] = ()
    text: str = ""
    fault: EditError | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """One task's prompt; each round appends to it, so that the model reads only what is new."""

    executor: RoleModel
    target: Target
    context: str
    tail: str
    max_tokens: int

    @classmethod
    async def of(cls, task: Task, executor: RoleModel, shop: Workshop) -> "Writer":
        """Gather the context for `task` and write the first prompt."""
        settings = shop.settings().fix
        place = Place(task.target.snapshot, Position(task.target.first, 0))
        packed = await shop.context.pack(place, shop.settings().executor.context_tokens)
        tail = edit_tail(task.goal, piece_of(task.target, shop))
        return cls(executor, task.target, render_context(packed), tail, settings.max_tokens)

    async def draft(self, telling: Telling) -> Draft:
        """Let the model answer, and read the answer; raises `ModelError`."""
        answer, outcome = await self._answer(telling)
        if outcome is Outcome.LENGTH:
            return Draft(answer, fault=_truncated(self.max_tokens))
        try:
            edits = read_edits(answer, self.target)
        except EditError as fault:
            return Draft(answer, fault=fault)
        return Draft(answer, edits, apply_edits(self.target.snapshot.lines, edits))

    def after(self, draft: Draft, complaint: str) -> "Writer":
        """Return the writer of the next round."""
        tail = next_round(self.tail, draft.answer, complaint)
        return Writer(self.executor, self.target, self.context, tail, self.max_tokens)

    async def _answer(self, telling: Telling) -> tuple[str, Outcome]:
        prompt = ChatPrompt(SYSTEM, self.context, self.tail)
        parts, outcome = list[str](), Outcome.STOP
        async with aclosing(self.executor.stream(Request(prompt, self.max_tokens))) as events:
            async for event in events:
                telling.take(event)
                if isinstance(event, Text):
                    parts.append(event.text)
                elif isinstance(event, Finish):
                    outcome = event.outcome
        return "".join(parts), outcome


def piece_of(target: Target, shop: Workshop) -> Piece:
    """Return the target as the prompt shows it, with the lines around it."""
    snapshot = target.snapshot
    above = snapshot.lines[max(0, target.first - _AROUND_LINES) : target.first]
    below = snapshot.lines[target.last : target.last + _AROUND_LINES]
    return Piece(
        path=shown_path(target, shop),
        language=snapshot.language,
        first=target.first + 1,
        above="".join(above),
        text=target.text,
        below="".join(below),
        fence=fence_for("".join([*above, target.text, *below])),
    )


def shown_path(target: Target, shop: Workshop) -> str:
    """Return the document's path below its workspace folder, with forward slashes."""
    path = target.snapshot.path
    if path is None:
        return "untitled"
    root = shop.workspace.root_of(path)
    return path.relative_to(root).as_posix() if root else path.name


def _truncated(most: int) -> Truncated:
    return Truncated(
        f"The model's answer was cut at {most} tokens.",
        "The answer was too long and was cut. Answer with search/replace blocks that hold only "
        "the lines that change.",
    )
