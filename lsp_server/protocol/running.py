"""Carries out a chosen code action or a question, after its command was answered."""

import logging
from dataclasses import replace
from functools import partial

from lsprotocol import types

from lsp_server.common.errors import TandemError
from lsp_server.common.progress import Progress
from lsp_server.features.values import (
    AnswerOutcome,
    Choice,
    EditOutcome,
    Question,
    Refusal,
    Scene,
    TaskOutcome,
)
from lsp_server.protocol import messages
from lsp_server.protocol.answers.delivery import deliver
from lsp_server.protocol.convert import problem_of, to_position, to_range
from lsp_server.protocol.documents import Document
from lsp_server.protocol.editor.applying import apply_outcome
from lsp_server.protocol.editor.choosing import choose
from lsp_server.protocol.editor.shown import shown_problems
from lsp_server.protocol.messages import ActionArguments
from lsp_server.protocol.session import Session
from lsp_server.protocol.tasks import Work

_log = logging.getLogger(__name__)
_FAILED = "Tandem failed on this task; its log says why."


def run_action(session: Session, chosen: ActionArguments) -> None:
    """Start the action; says why not if the document is not the one that was offered for."""
    document = session.documents.get(chosen.text_document.uri)
    if document is None:
        session.show("Open the document first, then choose the action.", types.MessageType.Warning)
        return
    if chosen.version is not None and chosen.version != document.version:
        session.show(
            "The document has changed since the action was offered. Choose it again.",
            types.MessageType.Warning,
        )
        return
    problems = tuple(problem_of(item, document) for item in chosen.diagnostics or ())
    scene = Scene(document.snapshot, document.span(chosen.range), problems)
    work = partial(_run, session, chosen, scene, document)
    _start(session, chosen.title or chosen.action, work)


def put_question(session: Session, question: Question) -> None:
    """Start answering; a client with a view of its own is asked to put the question itself."""
    if session.profile.takes_questions:
        session.server.protocol.notify(messages.QUESTION, _question_params(session, question))
    else:
        _start(session, "Answering", partial(deliver, session, question))


def _start(session: Session, title: str, work: Work) -> None:
    async def guarded(progress: Progress) -> None:
        try:
            await work(progress)
        except TandemError as error:
            session.show(str(error), types.MessageType.Error)
        except Exception:
            session.show(_FAILED, types.MessageType.Error)
            raise

    session.tasks.start(title, guarded)


async def _run(
    session: Session,
    chosen: ActionArguments,
    scene: Scene,
    document: Document,
    progress: Progress,
) -> None:
    arguments = chosen.arguments or {}
    scene = replace(scene, shown=await shown_problems(session, document))
    outcome = await session.features.actions.run(chosen.action, scene, arguments, progress)
    if isinstance(outcome, EditOutcome | Choice):
        # The editor may ask the user first, and that takes as long as it takes.
        progress.report("Waiting for the editor")
    await _finish(session, outcome)


async def _finish(session: Session, outcome: TaskOutcome) -> None:
    match outcome:
        case EditOutcome():
            await apply_outcome(session, outcome)
        case Choice():
            await choose(session, outcome)
        case AnswerOutcome():
            put_question(session, outcome.question)
        case Refusal():
            text = f"{outcome.sentence} {outcome.advice}".strip()
            session.show(text, types.MessageType.Warning)


def _question_params(session: Session, question: Question) -> messages.QuestionParams:
    place, encoding = question.place, session.profile.encoding
    if place is None:
        return messages.QuestionParams(question.text)
    lines = place.snapshot.lines
    return messages.QuestionParams(
        question.text,
        types.TextDocumentIdentifier(place.snapshot.uri),
        to_position(place.position, lines, encoding),
        to_range(question.selection, lines, encoding) if question.selection else None,
    )
