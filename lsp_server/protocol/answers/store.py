"""The answers of one session: what is served, and which task writes what."""

import asyncio
from typing import Any

from lsp_server.protocol.answers.served import ServedAnswer

_MOST_KEPT = 20


class Answers:
    """Served answers by URI, the newest twenty, and the tasks that still write answers."""

    def __init__(self) -> None:
        self._served: dict[str, ServedAnswer] = {}
        self._writing: dict[str, asyncio.Task[Any]] = {}

    def add(self, answer: ServedAnswer) -> ServedAnswer:
        """Serve an answer from now on and return it."""
        self._served[answer.uri] = answer
        while len(self._served) > _MOST_KEPT:
            del self._served[next(iter(self._served))]
        return answer

    def text_of(self, uri: str) -> str | None:
        """Return the text of a served answer, or None if it is not known any more."""
        answer = self._served.get(uri)
        return None if answer is None else answer.text

    def belongs(self, uri: str, task: asyncio.Task[Any]) -> None:
        """Remember which task writes the answer."""
        self._writing[uri] = task

    def forget_task(self, uri: str) -> None:
        """Take note that the answer is written."""
        self._writing.pop(uri, None)

    def closed(self, uri: str) -> None:
        """End the task that writes the document which the user has closed."""
        if (task := self._writing.pop(uri, None)) is not None:
            task.cancel()
