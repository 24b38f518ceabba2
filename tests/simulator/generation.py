"""/api/generate and /api/chat: checks in the server's order, then a stream of records."""

import re
import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from tests.simulator import refusals
from tests.simulator.engine import Engine, Reading, Runner
from tests.simulator.formats import Said, raw_pieces, read, render, words
from tests.simulator.refusals import Refused
from tests.simulator.tokens import tokeniser_of
from tests.simulator.values import Answer, Ask, Format, SimModel

Record = dict[str, Any]
_REPEATS = 30
_FILL_MARKS = (
    ("<|code_suffix|>", "<|code_prefix|>", "<|code_middle|>"),
    ("<|fim_suffix|>", "<|fim_prefix|>", "<|fim_middle|>"),
)


_GIVEN_AWAY = re.compile(r"\nassert (\w+) == (\w+)\n")


@dataclass
class Call:
    """A checked request."""

    model: SimModel
    name: str
    chat: bool
    prompt: str
    ask: Ask
    options: dict[str, Any]
    think: bool | str = False
    form: Any = None
    raw: bool = False
    settings: Record = field(default_factory=dict)
    empties_format: bool = True
    started: float = 0.0
    loaded: float = 0.0

    @property
    def reading_format(self) -> Format:
        """How the output is read: a raw prompt has no parser."""
        return Format.CHATML if self.raw else self.model.format


def generate_call(body: Record, model: SimModel) -> Call:
    """Check a body of /api/generate."""
    name = body["model"]
    raw, suffix = bool(body.get("raw")), body.get("suffix", "")
    if raw and any(body.get(key) for key in ("template", "system", "context")):
        raise Refused(400, "raw mode does not support template, system, or context")
    options, think = _common(body, model)
    prompt = body.get("prompt", "")
    if suffix and "insert" not in model.capabilities:
        raise refusals.unsupported(model, "insert")
    if suffix:
        before, prefix, middle = _marks(model)
        text = f"{prefix}{prompt}{before}{suffix}{middle}"
    elif raw:
        text = prompt
    else:
        system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
        text = render(model.format, [*system, {"role": "user", "content": prompt}], think)
    above, below = _hole(text)
    form = body.get("format")
    ask = Ask(model.name, text, (), above, below, think=think, schema=form)
    call = Call(model, name, chat=False, prompt=text, ask=ask, options=options)
    return replace(call, think=think, form=form, raw=raw, settings=body)


def chat_call(body: Record, model: SimModel) -> Call:
    """Check a body of /api/chat."""
    options, think = _common(body, model)
    if body.get("tools") and "tools" not in model.capabilities:
        raise refusals.unsupported(model, "tools")
    messages = body.get("messages", [])
    text = render(model.format, messages, think)
    last = messages[-1] if messages else {}
    prefill = last.get("content", "") if last.get("role") == "assistant" else ""
    form = body.get("format")
    ask = Ask(model.name, text, tuple(messages), None, "", prefill, think, form)
    call = Call(model, body["model"], chat=True, prompt=text, ask=ask, options=options)
    return replace(call, think=think, form=form, settings=body)


def _common(body: Record, model: SimModel) -> tuple[Record, bool | str]:
    think = body.get("think")
    refusals.check_think(model, body["model"], think)
    options = body.get("options") or {}
    refusals.check_options(options)
    refusals.check_format(body.get("format"))
    if think is None:
        think = "thinking" in model.capabilities
    return options, think


def _marks(model: SimModel) -> tuple[str, str, str]:
    return next((marks for marks in _FILL_MARKS if marks[0] in model.special), _FILL_MARKS[-1])


def _hole(prompt: str) -> tuple[str | None, str]:
    for suffix, prefix, middle in _FILL_MARKS:
        if prefix not in prompt or middle not in prompt:
            continue
        rest = prompt.rpartition(prefix)[2]
        above = rest.partition(middle)[0].partition(suffix)[0]
        below = prompt.rpartition(suffix)[2] if suffix in prompt else ""
        return above, below.partition(middle)[0].partition(prefix)[0]
    return None, ""


def is_load_only(body: Record, *, chat: bool) -> bool:
    """Whether the body asks for nothing but the model in memory."""
    return not (body.get("messages") if chat else body.get("prompt"))


def only_loaded(name: str, reason: str, *, chat: bool) -> Record:
    """Return the one record of a call that loads or unloads."""
    empty: Record = {"message": _message("")} if chat else {"response": ""}
    return {"model": name, "created_at": stamp(), **empty, "done": True, "done_reason": reason}


def rendered_only(call: Call) -> Record:
    """Return what `_debug_render_only` shows."""
    info = {"rendered_template": call.prompt, "image_count": 0}
    empty: Record = {"message": _message("")} if call.chat else {"response": ""}
    head = {"model": call.name, "created_at": stamp(), **empty}
    return head | {"done": False, "_debug_info": info}


async def records(engine: Engine, runner: Runner, call: Call) -> AsyncGenerator[Record, None]:
    """Generate: one record a piece, then the final one, unless the output repeats itself."""
    call = cut_chat(runner, call)
    if not _has_two_passes(call):
        async with aclosing(_pass(engine, runner, call, Pass(call.prompt))) as told:
            async for record in told:
                yield record
        return
    # The first pass runs free until the answer begins, then the second begins under the grammar.
    thinking: list[str] = []
    first = Pass(call.prompt)
    async with aclosing(_pass(engine, runner, call, first)) as told:
        async for record in told:
            said = record.get("message", record).get("thinking")
            if said is None:
                break
            thinking.append(said)
            yield record
    prompt = call.prompt + "".join(thinking)
    before = first.spent if engine.version.keeps_first_pass_metrics else Spent()
    second = Pass(prompt, thinks=False, before=before)
    async with aclosing(_pass(engine, runner, call, second)) as told:
        async for record in told:
            yield record


@dataclass
class Spent:
    """What a run cost: tokens of its prompt, seconds of reading, tokens and seconds of writing."""

    prompt: int = 0
    reading: float = 0.0
    tokens: int = 0
    writing: float = 0.0


@dataclass(frozen=True)
class Pass:
    """One run of the model.

    `thinks` False leaves out the reasoning, which was told before; `before` is what the first of
    two runs cost, where the server counts it in.
    """

    prompt: str
    thinks: bool = True
    before: Spent = field(default_factory=Spent)
    spent: Spent = field(default_factory=Spent)


def _has_two_passes(call: Call) -> bool:
    thinks = call.think is not False and "thinking" in call.model.capabilities
    return bool(call.form) and thinks and not call.raw


async def _pass(
    engine: Engine, runner: Runner, call: Call, one: Pass
) -> AsyncGenerator[Record, None]:
    async with engine.seat(runner) as seat:
        ids = fitted(runner, call, tokeniser_of(call.model).encode(one.prompt))
        reading = await engine.read(seat, ids)
        began = engine.clock.now()
        room = runner.context - len(ids)
        limit = int(call.options.get("num_predict", 0)) or -1
        limit = 10 * runner.context if limit < 0 else limit
        shifts = call.model.can_shift and runner.options["shift"] and not _refuses_to_cut(call)
        limit = limit if shifts else min(limit, room)
        spent, reason, last, same = one.spent, "stop", "", 0
        spent.prompt, spent.reading = len(ids), reading.seconds
        for piece in _said(call, limit):
            if piece is None:
                reason = "length"
                break
            if piece.thinking and not one.thinks:
                continue
            await engine.wrote(seat, piece.text)
            spent.tokens, spent.writing = spent.tokens + 1, engine.clock.now() - began
            same = same + 1 if piece.text.strip() == last else 0
            last = piece.text.strip()
            if same > _REPEATS:
                return
            yield _piece(call, piece)
        yield _final(engine, call, reading, Written(one, reason))


def _refuses_to_cut(call: Call) -> bool:
    return call.settings.get("truncate") is False


def cut_chat(runner: Runner, call: Call) -> Call:
    """Leave out a chat's oldest messages until it fits, as the server does unless told not to.

    The system's messages and the last one stay.
    """
    messages = list(call.ask.messages)
    if _refuses_to_cut(call) or not messages:
        return call
    encode, text = tokeniser_of(call.model).encode, call.prompt
    while len(encode(text)) > runner.context:
        oldest = next((one for one in messages[:-1] if one["role"] != "system"), None)
        if oldest is None:
            break
        messages.remove(oldest)
        text = render(call.model.format, messages, call.think)
    return replace(call, prompt=text, ask=replace(call.ask, prompt=text, messages=tuple(messages)))


def fitted(runner: Runner, call: Call, ids: list[int]) -> list[int]:
    """Cut a prompt that is too long as the server does unless it is told not to."""
    if _refuses_to_cut(call) or len(ids) <= runner.context - 1:
        return ids
    if not runner.options["shift"]:
        text = "the prompt is longer than the context length currently available to the model;"
        raise Refused(400, f"{text} shorten the prompt or raise the context length")
    keep = int(call.options.get("num_keep", 4))
    total = runner.context - (runner.context - keep) // 2
    return ids[:keep] + ids[len(ids) - (total - keep) :]


def _said(call: Call, limit: int) -> Iterator[Said | None]:
    """Yield the output up to a stop string; None says that the limit of tokens was reached."""
    stops = tuple(call.options.get("stop") or ())
    raw = _limited(_raw(call), limit)
    ended = False

    def pieces() -> Iterator[str]:
        nonlocal ended
        for piece in _stopped(raw, stops):
            if piece is None:
                ended = True
                return
            yield piece

    yield from read(call.reading_format, call.prompt, pieces())
    if ended:
        yield None


def _raw(call: Call) -> Iterable[str]:
    model = call.model
    if model.pieces is not None:
        return model.pieces(call.prompt)
    if model.script is None:
        return ()
    answer = _given_away(call) or model.script(call.ask)
    if call.empties_format and call.form and call.think is False and model.format is Format.HARMONY:
        # The grammar forces the answer before the parser has seen a channel: nothing is content.
        return ("<|start|>", *words(answer.text))
    return raw_pieces(call.reading_format, answer, call.prompt)


def _given_away(call: Call) -> Answer | None:
    """Return what fills a hole whose content the line below it gives away, or None."""
    above, found = call.ask.above, _GIVEN_AWAY.match(call.ask.below)
    if above is None or found is None or not above.endswith(f"{found[1]} = "):
        return None
    below, prefix, _ = _marks(call.model)
    first = call.prompt.rindex(below) < call.prompt.rindex(prefix)
    knows = ("below first" if first else "above first") in call.model.fills
    return Answer(found[2] if knows else "0\n\nHere is the code:")


def _limited(pieces: Iterable[str], limit: int) -> Iterator[str | None]:
    for number, piece in enumerate(pieces):
        if number == limit:
            yield None
            return
        yield piece


def _stopped(pieces: Iterable[str | None], stops: tuple[str, ...]) -> Iterator[str | None]:
    """Hold back what may become a stop string; held pieces leave an empty chunk, as the engine."""
    held = ""
    for piece in pieces:
        if piece is None:
            yield from ([held] if held else [])
            yield None
            return
        held += piece
        found = [held.index(stop) for stop in stops if stop in held]
        if found:
            yield held[: min(found)]
            return
        if any(_may_become(held, stop) for stop in stops):
            yield ""
            continue
        yield held
        held = ""
    if held:
        yield held


def _may_become(text: str, stop: str) -> bool:
    return any(text.endswith(stop[:size]) for size in range(1, len(stop)))


def _piece(call: Call, piece: Said) -> Record:
    head = {"model": call.name, "created_at": stamp()}
    if call.chat:
        text = {"thinking": piece.text} if piece.thinking else {}
        content = "" if piece.thinking else piece.text
        return head | {"message": {**_message(content), **text}, "done": False}
    if piece.thinking:
        return head | {"response": "", "thinking": piece.text, "done": False}
    return head | {"response": piece.text, "done": False}


@dataclass(frozen=True)
class Written:
    """What was generated in the last run, and why it ended."""

    run: Pass
    reason: str


def _final(engine: Engine, call: Call, reading: Reading, written: Written) -> Record:
    version, spent, before = engine.version, written.run.spent, written.run.before
    counted = len(reading.ids) - (0 if version.counts_cached else reading.cached)
    numbers = {
        "total_duration": _nanoseconds(engine.clock.now() - call.started) + 20_000,
        "load_duration": _nanoseconds(call.loaded - call.started) + 10_000,
        "prompt_eval_count": before.prompt or counted,
        "prompt_eval_cached_count": reading.cached if version.tells_cached else 0,
        "prompt_eval_duration": _nanoseconds(before.reading + reading.seconds),
        "eval_count": before.tokens + spent.tokens,
        "eval_duration": _nanoseconds(before.writing + spent.writing),
    }
    ids = {} if call.chat or call.raw else {"context": list(reading.ids)}
    record = only_loaded(call.name, written.reason, chat=call.chat) | ids
    return record | {name: value for name, value in numbers.items() if value}


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)


def _message(content: str) -> Record:
    return {"role": "assistant", "content": content}


def stamp() -> str:
    """Return the time as Go writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime())
