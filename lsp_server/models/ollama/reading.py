"""From the records of a stream to events."""

from collections.abc import Iterator, Mapping
from typing import Any

from lsp_server.models.api import Event, Finish, Outcome, Text, Thinking, Usage

Record = Mapping[str, Any]
_NANOSECONDS = 1e9


def events_of(record: Record) -> Iterator[Event]:
    """Yield what one record of /api/chat or /api/generate says."""
    message = record.get("message")
    said = message if isinstance(message, dict) else record
    if thinking := said.get("thinking"):
        yield Thinking(str(thinking))
    if text := said.get("content") or said.get("response"):
        yield Text(str(text))
    if record.get("done"):
        length = record.get("done_reason") == "length"
        yield Finish(Outcome.LENGTH if length else Outcome.STOP, usage_of(record))


def usage_of(record: Record) -> Usage:
    """Read the numbers of a final record; Ollama leaves out those that are zero."""
    return Usage(
        prompt_tokens=_count(record, "prompt_eval_count"),
        cached_tokens=_count(record, "prompt_eval_cached_count"),
        answer_tokens=_count(record, "eval_count"),
        load_seconds=_seconds(record, "load_duration"),
        prompt_seconds=_seconds(record, "prompt_eval_duration"),
        answer_seconds=_seconds(record, "eval_duration"),
    )


def _count(record: Record, key: str) -> int | None:
    value = record.get(key)
    return int(value) if isinstance(value, int | float) else None


def _seconds(record: Record, key: str) -> float:
    value = record.get(key)
    return float(value) / _NANOSECONDS if isinstance(value, int | float) else 0.0
