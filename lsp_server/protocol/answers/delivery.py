"""Puts a question and brings the answer to where this editor can show it."""

import asyncio
import uuid
from contextlib import aclosing
from typing import Protocol

from lsp_server.common.errors import TandemError
from lsp_server.common.progress import Progress
from lsp_server.features.values import Question
from lsp_server.protocol.answers.served import ServedAnswer
from lsp_server.protocol.answers.text import AnswerText
from lsp_server.protocol.answers.written import AnswerFile, AnswerMessage, new_file
from lsp_server.protocol.editor.capabilities import ANSWER_SCHEME
from lsp_server.protocol.session import Session

_STOPPED = "*Stopped.*"


class AnswerView(Protocol):
    """Where one answer is shown."""

    uri: str

    async def open(self, text: str) -> None:
        """Show the place of the answer, with its first text."""
        ...

    def update(self, text: str) -> None:
        """Show a longer text, soon."""
        ...

    async def finish(self, text: str) -> None:
        """Show the last text."""
        ...


def view_for(session: Session) -> AnswerView:
    """Return the best place that this editor has for an answer."""
    profile = session.profile
    if profile.documents_from_server and profile.show_document:
        uri = f"{ANSWER_SCHEME}:/answer/{uuid.uuid4()}.md"
        return session.answers.add(ServedAnswer(session.server, uri))
    path = new_file(session, ".md")
    if profile.show_document and profile.confirms_edits:
        return AnswerFile(session, path)
    return AnswerMessage(session, path)


async def deliver(session: Session, question: Question, progress: Progress) -> None:
    """Stream the answer to `question` into a view; raises TandemError.

    Closing the view's document ends the work, as cancelling the task does.
    """
    text, view = AnswerText(question.text), view_for(session)
    if (task := asyncio.current_task()) is not None:
        session.answers.belongs(view.uri, task)
    await view.open(text.markdown())
    try:
        async with aclosing(session.features.ask.answer(question, progress)) as parts:
            async for part in parts:
                text.add(part)
                view.update(text.markdown())
        text.finish()
    except asyncio.CancelledError:
        text.finish(_STOPPED)
        raise
    except TandemError as error:
        text.finish(f"**{error}**")
        raise
    finally:
        session.answers.forget_task(view.uri)
        if not session.is_closed:
            await view.finish(text.whole())
