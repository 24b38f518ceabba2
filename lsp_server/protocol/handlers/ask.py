"""tandem/ask: the answer streams as partial results and comes whole as the result."""

from collections.abc import Awaitable
from contextlib import aclosing

from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.common.progress import Progress
from lsp_server.common.snapshot import Place
from lsp_server.features.values import Exchange, Question
from lsp_server.protocol.answers.parts import PartStream
from lsp_server.protocol.answers.text import AnswerText
from lsp_server.protocol.messages import AskParams, AskResult
from lsp_server.protocol.session import Session


def ask(session: Session, params: AskParams) -> Awaitable[AskResult]:
    """Answer a question about the code."""
    return _answer(session, question_of(session, params), params)


def question_of(session: Session, params: AskParams) -> Question:
    """Return the question with the place where it was asked, as the document is now.

    Raises JsonRpcInvalidParams for a question that says nothing.
    """
    if not params.question.strip():
        raise JsonRpcInvalidParams("The question is empty: write what you want to know.")
    history = tuple(Exchange(turn.question, turn.answer) for turn in params.history or ())
    document = session.documents.get(params.text_document.uri) if params.text_document else None
    if document is None:
        return Question(params.question, history=history)
    span = document.span(params.range) if params.range else None
    position = document.position(params.position) if params.position else None
    if position is None and span is not None:
        position = span.end
    place = Place(document.snapshot, position) if position is not None else None
    return Question(params.question, place, span, history)


async def _answer(session: Session, question: Question, params: AskParams) -> AskResult:
    text = AnswerText(question.text)
    stream = PartStream(session.server, params.partial_result_token)

    async def work(progress: Progress) -> None:
        async with aclosing(session.features.ask.answer(question, progress)) as parts:
            async for part in parts:
                text.add(part)
                stream.add(part)

    try:
        await session.tasks.watch("Answering", params.work_done_token, work)
    finally:
        stream.finish()
    return AskResult(text.answer, text.thinking, text.notes)
