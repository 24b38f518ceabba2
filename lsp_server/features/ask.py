"""Questions about the code: evidence first, then the planner, then what it cited is looked up."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from lsp_server.common.blocks import Packed
from lsp_server.common.progress import Progress
from lsp_server.common.secrecy import is_secret_file
from lsp_server.common.text import text_in
from lsp_server.edits.fences import fence_for
from lsp_server.features.citations import unknown_paths
from lsp_server.features.seams import Workshop
from lsp_server.features.values import AnswerPart, PartKind, Question
from lsp_server.models.api import (
    ChatPrompt,
    Finish,
    Outcome,
    Request,
    Role,
    RoleModel,
    Text,
    Thinking,
)
from lsp_server.models.builtin.answer import evidence_answer
from lsp_server.models.errors import ModelError
from lsp_server.models.prompts.ask import ask_tail, code_here
from lsp_server.models.prompts.shared import SYSTEM, render_context

_log = logging.getLogger(__name__)
_SHOWN_PATHS = 5


@dataclass(frozen=True, slots=True)
class Ask:
    """The ask feature of one server."""

    shop: Workshop

    async def warm_up(self) -> None:
        """Let the planner read what every question begins with, if it is in memory and idle.

        One that is also the executor has typing to be ready for. Raises `ModelError`.
        """
        models = self.shop.models
        planner, executor = models.ready(Role.PLANNER), models.ready(Role.EXECUTOR)
        if planner is None or (executor is not None and executor.name == planner.name):
            return
        packed = await self.shop.context.overview(self.shop.settings().planner.context_tokens)
        if packed.map and await planner.warm(ChatPrompt(SYSTEM, render_context(packed), "")):
            _log.info("%s has read beforehand what the next question begins with.", planner.name)

    async def answer(
        self, question: Question, progress: Progress
    ) -> AsyncGenerator[AnswerPart, None]:
        """Stream the answer to `question`; closing the generator ends the work.

        The planner answers, else the executor, else the evidence itself. A model that fails is
        said in a note, and where it had said nothing yet the evidence takes its place.
        """
        progress.report("Gathering evidence")
        tokens = self.shop.settings().planner.context_tokens
        packed = await self.shop.context.evidence(question.text, question.place, tokens)
        models = self.shop.models
        model = await models.sought(Role.PLANNER) or models.ready(Role.EXECUTOR)
        if model is None:
            for part in self._evidence(packed):
                yield part
            return
        if question.selection is not None and question.place is not None:
            path = question.place.snapshot.path
            if path is not None and is_secret_file(path):
                yield _note(f"{path.name} may hold secrets: the model is not shown any of it.")
        progress.report(f"{model.name} is reading {len(packed.log)} pieces of code")
        later = models.later(Role.PLANNER)
        async with aclosing(self._from_model(model, question, packed, progress)) as parts:
            async for part in parts:
                yield part
        if later is None:
            return
        yield _note(self._instead(model, later))
        if self.shop.settings().ask.planner_follows:
            progress.report(f"{later.name} waits for a pause in your typing")
            yield AnswerPart(PartKind.TEXT, f"\n\n---\n\n**{later.name}**\n\n")
            async with aclosing(self._from_model(later, question, packed, progress)) as parts:
                async for part in parts:
                    yield part

    def _instead(self, model: RoleModel, later: RoleModel) -> str:
        told = (
            f"Answered by {model.name}, so that no swap of models keeps you waiting while you type"
        )
        if self.shop.settings().ask.planner_follows:
            return f"{told}. {later.name} answers at the next pause in your typing."
        return f"{told}; with ask.planner_follows {later.name} answers, too, at your next pause."

    async def _from_model(
        self, model: RoleModel, question: Question, packed: Packed, progress: Progress
    ) -> AsyncGenerator[AnswerPart, None]:
        said = list[str]()
        try:
            async with aclosing(self._stream(model, question, packed, progress)) as parts:
                async for part in parts:
                    said += [part.text] if part.kind is PartKind.TEXT else []
                    yield part
        except ModelError as error:
            _log.warning("the answer ended: %s", error)
            yield _note(str(error))
            for part in [] if said else self._evidence(packed):
                yield part
        for note in self._remarks(model, "".join(said)):
            yield note

    async def _stream(
        self, model: RoleModel, question: Question, packed: Packed, progress: Progress
    ) -> AsyncGenerator[AnswerPart, None]:
        settings = self.shop.settings().ask
        tail = ask_tail(question.text, self._here(question))
        prompt = ChatPrompt(SYSTEM, render_context(packed), tail)
        request = Request(prompt, settings.max_tokens, think=True)
        kind: PartKind | None = None
        async with aclosing(model.stream(request)) as events:
            async for event in events:
                part = _part(event, settings.max_tokens)
                if part is not None and part.kind is not kind:
                    kind = part.kind
                    progress.report(f"{model.name} is {_DOING[kind]}")
                if part is not None:
                    yield part

    def _here(self, question: Question) -> str:
        if question.place is None or question.selection is None:
            return ""
        snapshot = question.place.snapshot
        if is_secret_file(snapshot.path):
            return ""
        text = text_in(snapshot.lines, question.selection)
        if not text.strip():
            return ""
        first = question.selection.start.line + 1
        return code_here(self._shown(question), first, text, snapshot.language, fence_for(text))

    def _shown(self, question: Question) -> str:
        path = question.place.snapshot.path if question.place else None
        root = self.shop.workspace.root_of(path) if path else None
        if path is None:
            return "untitled"
        return path.relative_to(root).as_posix() if root else path.name

    def _evidence(self, packed: Packed) -> list[AnswerPart]:
        sections = evidence_answer(packed, self._link)
        return [AnswerPart(PartKind.TEXT, section) for section in sections]

    def _link(self, path: str, line: int) -> str:
        found = self.shop.workspace.find(path)
        return f"{found.as_uri()}#L{line}" if found else path

    def _remarks(self, model: RoleModel, answer: str) -> list[AnswerPart]:
        """Return what the user should know of an answer that has ended."""
        notes = list[AnswerPart]()
        unknown = unknown_paths(answer, self.shop.workspace.find)
        if unknown:
            named = ", ".join(f"`{path}`" for path in unknown[:_SHOWN_PATHS])
            notes.append(_note(f"Not found in the workspace: {named}."))
        if answer and model.role is not Role.PLANNER:
            notes.append(_note(f"Answered by {model.name}, as no planner is there."))
        return notes


_DOING = {
    PartKind.THINKING: "thinking",
    PartKind.TEXT: "writing",
    PartKind.NOTE: "done",
}


def _part(event: Text | Thinking | Finish, most: int) -> AnswerPart | None:
    if isinstance(event, Thinking):
        return AnswerPart(PartKind.THINKING, event.text)
    if isinstance(event, Text):
        return AnswerPart(PartKind.TEXT, event.text)
    if event.outcome is Outcome.LENGTH:
        return _note(f"The answer was cut at {most} tokens; ask.max_tokens sets how many.")
    if event.outcome is Outcome.NO_DONE:
        return _note("The model ended its answer without a proper end; it may lack something.")
    return None


def _note(text: str) -> AnswerPart:
    return AnswerPart(PartKind.NOTE, text)
