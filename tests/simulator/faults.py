"""What can go wrong on purpose: one fault, one way in which a server disappoints."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.simulator.http import Dropped, HttpReply, dump, json_reply

Records = AsyncGenerator[dict[str, Any], None]
Chunks = AsyncGenerator[bytes, None]


class Kind(StrEnum):
    """The faults.

    Those from `ERROR_LINE` on happen within a stream, after `after` lines; those from `LOAD_FAILS`
    on inside the server, to whichever request comes there, with all that this does to its state.
    """

    DROP = "accept, then close"
    STATUS = "an HTTP status with an error text"
    HTML = "an HTML page with a status"
    EMPTY = "a status without a body"
    NOT_AN_OBJECT = "JSON that is no object"
    SLOW_HEADERS = "no headers until let go"
    ERROR_LINE = "a line with an error, then the end"
    NO_DONE = "the end without the final record"
    CUT = "the connection cut after a half line"
    HALF = "the end after a half line"
    STALL = "no byte for ever"
    SPLIT = "every byte of the text in a chunk of its own"
    JOINED = "several lines in one chunk"
    EXTRA = "unknown fields in every record"
    NO_METRICS = "a final record without numbers"
    HUGE = "a final record of more than a megabyte"
    LOAD_FAILS = "the engine's process ends while it loads"
    LOAD_SLOW = "a load that takes `seconds` longer"
    READING_STALLS = "a prompt that is read for ever"
    READING_CRASHES = "the engine's process ends while it reads a prompt"
    WRITING_CRASHES = "the engine's process ends after `after` tokens"
    WEDGE = "after `after` tokens no byte for ever, and the slot is lost though the client leaves"


_BEFORE = (Kind.DROP, Kind.STATUS, Kind.HTML, Kind.EMPTY, Kind.NOT_AN_OBJECT, Kind.SLOW_HEADERS)
_INSIDE = (
    *(Kind.LOAD_FAILS, Kind.LOAD_SLOW, Kind.READING_STALLS, Kind.READING_CRASHES),
    *(Kind.WRITING_CRASHES, Kind.WEDGE),
)


@dataclass
class Fault:
    """One fault, `times` times, for requests whose path starts with `path`.

    One inside the server strikes whoever gets there first, whatever the path.
    """

    kind: Kind
    path: str = "/api/"
    after: int = 1
    times: int = 1
    status: int = 500
    text: str = "boom"
    seconds: float = 60.0


def fault_from(body: dict[str, Any]) -> Fault:
    """Return the fault that JSON names; `kind` is a name of `Kind`, other fields are `Fault`'s."""
    return Fault(Kind[str(body["kind"]).upper()], **{k: v for k, v in body.items() if k != "kind"})


class Faults:
    """The faults that wait for their request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self.released = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Let `fault` happen to the next request that it is for."""
        self._waiting.append(fault)

    async def before(self, path: str) -> HttpReply | None:
        """Return the reply of a fault that replaces the whole reply, or None."""
        fault = self._take(path, before=True)
        if fault is None:
            return None
        if fault.kind is Kind.DROP:
            raise Dropped
        if fault.kind is Kind.SLOW_HEADERS:
            await self.released.wait()
            return None
        if fault.kind is Kind.HTML:
            page = b"<html><body>Bad gateway</body></html>"
            return HttpReply(fault.status, page, {"Content-Type": "text/html"})
        if fault.kind is Kind.EMPTY:
            return HttpReply(fault.status)
        if fault.kind is Kind.NOT_AN_OBJECT:
            return json_reply(["no", "object"], fault.status)
        return json_reply({"error": fault.text}, fault.status)

    def during(self, path: str, lines: Records) -> Chunks:
        """Return the records as chunks, spoiled by the fault that waits for this path, if any."""
        fault = self._take(path, before=False)
        return _plain(lines) if fault is None else self._spoiled(fault, lines)

    def inside(self, kind: Kind, tokens: int = 0) -> Fault | None:
        """Return the fault of `kind` that strikes once `tokens` tokens are written, if any."""
        for fault in self._waiting:
            if fault.kind is kind and (kind not in _WRITING or tokens >= fault.after):
                return self._struck(fault)
        return None

    def _take(self, path: str, *, before: bool) -> Fault | None:
        for fault in self._waiting:
            if fault.kind in _INSIDE or (fault.kind in _BEFORE) is not before:
                continue
            if path.startswith(fault.path):
                return self._struck(fault)
        return None

    def _struck(self, fault: Fault) -> Fault:
        fault.times -= 1
        if not fault.times:
            self._waiting.remove(fault)
        return fault

    async def _spoiled(self, fault: Fault, lines: Records) -> Chunks:
        number, held = 0, b""
        async with aclosing(lines):
            async for record in lines:
                if number == fault.after and fault.kind in _ENDINGS:
                    async for chunk in self._ending(fault, _line(record)):
                        yield chunk
                    return
                number += 1
                if fault.kind is Kind.SPLIT:
                    for byte in _line(record):
                        yield bytes([byte])
                elif fault.kind is Kind.JOINED:
                    held += _line(record)
                else:
                    yield _line(_changed(fault, record))
        if held:
            yield held

    async def _ending(self, fault: Fault, line: bytes) -> Chunks:
        if fault.kind is Kind.ERROR_LINE:
            yield dump({"error": fault.text}) + b"\n"
        elif fault.kind in (Kind.CUT, Kind.HALF):
            yield line[: len(line) // 2]
            if fault.kind is Kind.CUT:
                raise Dropped
        elif fault.kind is Kind.STALL:
            await self.released.wait()


_ENDINGS = (Kind.ERROR_LINE, Kind.NO_DONE, Kind.CUT, Kind.HALF, Kind.STALL)
_WRITING = (Kind.WRITING_CRASHES, Kind.WEDGE)
_HUGE_IDS = 200_000
_METRICS = ("_count", "_duration")


def _changed(fault: Fault, record: dict[str, Any]) -> dict[str, Any]:
    if fault.kind is Kind.EXTRA:
        return record | {"novelty": {"deep": [1, 2]}}
    if fault.kind is Kind.NO_METRICS:
        return {name: value for name, value in record.items() if not name.endswith(_METRICS)}
    if fault.kind is Kind.HUGE and record.get("done"):
        return record | {"context": list(range(_HUGE_IDS))}
    return record


def _line(record: dict[str, Any]) -> bytes:
    return dump(record) + b"\n"


async def _plain(lines: Records) -> Chunks:
    async with aclosing(lines):
        async for record in lines:
            yield _line(record)
