"""How much of each prompt a server already has, over an hour of editing.

An hour on real source is played by a fixed seed (scripts/measuring/hour.py): function bodies are
typed, lines are taken as suggestions, the cursor jumps, files are switched, saved and come back,
and in between stand fixes and questions. The same hour is put into prompts by Tandem, with its own
code from the packer to the body of the call, and by three others after their documented order of
parts (scripts/measuring/peers.py). All get the same budget and the same material. Each has one slot
of an executor without, and one of a planner with a sliding window; what is kept follows the
simulator's model of llama-server (tests/simulator/slots.py), which CI holds against the real one.
A token is a piece of at most six letters; reading is taken to run at 3,000 tokens a second.

The second part plays keys and questions against the whole model layer on simulated GPUs, in
simulated time (scripts/measuring/shift.py), and counts loads, swaps and the longest wait of a key.
"""

import argparse
import asyncio
import random
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import rich

from lsp_server.common.blocks import Packed
from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import position_at, split_lines
from lsp_server.config.settings import CacheSettings, IndexSettings
from lsp_server.context.engine import ContextEngine
from lsp_server.models.api import ChatPrompt, FillPrompt, Request, Role
from lsp_server.models.fim import FAMILIES
from lsp_server.models.frames import Frame
from lsp_server.models.memory.profile import RunnerProfile
from lsp_server.models.ollama.calls import Manner, call_for, text_of
from lsp_server.models.prompts.ask import ask_tail
from lsp_server.models.prompts.editing import Piece, edit_tail
from lsp_server.models.prompts.fix import fix_goal
from lsp_server.models.prompts.shared import SYSTEM, render_context
from lsp_server.models.speech import Begun
from lsp_server.models.traits import Thinks, Traits
from scripts.measuring.hour import TYPING, Kind, Step, hour
from scripts.measuring.peers import Peers, peer_chat
from scripts.measuring.shift import Shift, shift
from tests.simulator.slots import Prompts, Rules

READ_PER_SECOND = 3000.0
_BATCH, _RAM = 2048, 8 << 30
_EXECUTOR, _PLANNER = Rules(0, _BATCH, 54144, _RAM), Rules(128, _BATCH, 24576, _RAM)
_ROOM_FOR_THE_REST = 300
_TYPING_GOAL, _HOUR_GOAL, _HOUR_FROM = 0.99, 0.95, 32768
_TOKEN = re.compile(r" ?\w{1,6}|\s|[^\w\s]")


@lru_cache(maxsize=200_000)
def _line_ids(line: str) -> tuple[int, ...]:
    return tuple(hash(piece) & 0x7FFFFFFF for piece in _TOKEN.findall(line))


def ids(text: str) -> list[int]:
    """Return the tokens of `text`."""
    found: list[int] = []
    for line in text.splitlines(keepends=True):
        found += _line_ids(line)
    return found


def count(text: str) -> int:
    """Return how many tokens `text` has."""
    return sum(len(_line_ids(line)) for line in text.splitlines(keepends=True))


@dataclass
class Tally:
    """What one system's hour came to: tokens of its prompts and new ones among them, by kind."""

    executor: Prompts = field(default_factory=lambda: Prompts(1, _EXECUTOR))
    planner: Prompts = field(default_factory=lambda: Prompts(1, _PLANNER))
    tokens: dict[Kind, list[int]] = field(default_factory=dict)
    new: dict[Kind, list[int]] = field(default_factory=dict)
    task: int = 0

    def read(self, kind: Kind, text: str) -> None:
        """Send one prompt to the model that it is for."""
        prompt, cache = ids(text), self.planner if kind is Kind.QUESTION else self.executor
        self.task += 1
        slot, kept = cache.take(prompt, self.task)
        cache.read(slot, prompt, self.task)
        slot.busy = False
        self.tokens.setdefault(kind, []).append(len(prompt))
        self.new.setdefault(kind, []).append(len(prompt) - kept)

    def reuse(self, kinds: Iterable[Kind] = Kind) -> float:
        """Return the share of tokens that were kept, over `kinds`."""
        chosen = tuple(kinds)
        total = sum(sum(self.tokens.get(kind, ())) for kind in chosen)
        return 1 - sum(sum(self.new.get(kind, ())) for kind in chosen) / max(total, 1)

    def milliseconds(self) -> list[float]:
        """Return what each key cost, sorted."""
        return sorted(new / READ_PER_SECOND * 1000 for new in self.new[Kind.KEY])


class Tandem:
    """Builds the prompts as Tandem does, by its own code."""

    def __init__(self, budget: int) -> None:
        profile = RunnerProfile(budget, _BATCH)
        glm = Traits(
            "glm4moelite", 202752, Thinks.SWITCH, inserts=False, fill=FAMILIES[0], control=()
        )
        gpt = Traits(
            "gptoss", 131072, Thinks.LEVELS, inserts=False, fill=None, control=(), window=128
        )
        glm_frame = Frame(
            "[gMASK]<sop><|system|>", "<|user|>", "<|assistant|></think>", continues=False
        )
        start = "<|start|>developer<|message|># Instructions\n\n"
        gpt_frame = Frame(
            start, "<|end|><|start|>user<|message|>", "<|end|><|start|>assistant", continues=True
        )
        self._executor = Manner("glm", Role.EXECUTOR, glm, profile, -1, frame=glm_frame)
        self._planner = Manner("gpt", Role.PLANNER, gpt, profile, -1, frame=gpt_frame)

    def prompt(self, step: Step, packed: Packed) -> str:
        """Return what the model reads at `step`."""
        manner = self._planner if step.kind is Kind.QUESTION else self._executor
        request = Request(self._of(step, packed), 64)
        return text_of(manner, call_for(manner, request, Begun()))

    def _of(self, step: Step, packed: Packed) -> FillPrompt | ChatPrompt:
        context = render_context(packed)
        if step.kind is Kind.QUESTION:
            return ChatPrompt(SYSTEM, context, ask_tail("How does this work?"))
        if step.kind is Kind.FIX:
            above, below = packed.above.splitlines(keepends=True), packed.below
            piece, first = "".join(above[-20:]), len(above) - 19
            around = "".join(above[:-20])
            code = Piece(step.path, "python", first, around, piece, below, "```")
            goal = fix_goal(["- line 1: undefined name `x` (ruff)"])
            return ChatPrompt(SYSTEM, context, edit_tail(goal, code))
        return FillPrompt(SYSTEM, context, packed.above, packed.below, "python", step.path)


Build = Callable[[Step, Packed], str]


def _systems(budget: int) -> dict[str, Build]:
    peers = Peers(budget, random.Random(8), count)  # noqa: S311 - no secret

    def of(build: Callable[[Step, list[str]], str]) -> Build:
        def prompt(step: Step, packed: Packed) -> str:
            if step.kind in {Kind.FIX, Kind.QUESTION}:
                return peer_chat(step)
            return build(step, [block.text for block in packed.log])

        return prompt

    return {
        "Tandem": Tandem(budget).prompt,
        "llama.vim": of(peers.llama_vim),
        "Cody": of(peers.cody),
        "Continue": of(peers.continue_),
    }


async def replay(root: Path, budget: int, visits: int) -> dict[str, Tally]:
    """Play the hour at one budget on a repository at `root`; return what each system's came to."""
    systems = _systems(budget)
    tallies = {name: Tally() for name in systems}
    engine = ContextEngine(IndexSettings(), CacheSettings(str(root.parent / f"cache{budget}")))
    engine.use_counter(count)
    await engine.start([root])
    await engine.complete()
    for step in hour(_sources(root), visits, random.Random(7)):  # noqa: S311
        place = _place(root, step)
        engine.buffer_changed(place.snapshot)
        if step.kind is Kind.SAVE:
            (root / step.path).write_text(step.above + step.below, "utf-8")
            await engine.files_changed([root / step.path])
            continue
        packed = await engine.pack(place, budget - _ROOM_FOR_THE_REST)
        for name, build in systems.items():
            tallies[name].read(step.kind, build(step, packed))
    await engine.stop()
    return tallies


def _sources(root: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(root.glob("*.py"))}


def _place(root: Path, step: Step) -> Place:
    path = root / step.path
    lines = split_lines(step.above + step.below)
    snapshot = Snapshot(path.as_uri(), lines, language_of_path(path).name, 1, path)
    return Place(snapshot, position_at(lines, len(step.above)))


def show(budget: int, tallies: dict[str, Tally]) -> None:
    """Print one table, and which goals hold."""
    own = tallies["Tandem"]
    sent = {kind: len(sizes) for kind, sizes in own.tokens.items()}
    print(f"\n{budget} tokens: " + ", ".join(f"{number} {kind}" for kind, number in sent.items()))
    print("| system | reused while typing | reused in the hour | ms a key, median / p95 / most |")
    print("|---|---|---|---|")
    for name, tally in tallies.items():
        times = tally.milliseconds()
        p95 = times[int(len(times) * 0.95)]
        print(
            f"| {name} | {tally.reuse(TYPING):.1%} | {tally.reuse():.1%} "
            f"| {statistics.median(times):.0f} / {p95:.0f} / {times[-1]:.0f} |"
        )
    _goal(f"reuse while typing at least {_TYPING_GOAL:.0%}", own.reuse(TYPING) >= _TYPING_GOAL)
    if budget >= _HOUR_FROM:
        _goal(f"reuse in the hour at least {_HOUR_GOAL:.0%}", own.reuse() >= _HOUR_GOAL)


def show_shift(vram: int, one: Shift) -> None:
    """Print one line of the second table."""
    print(
        f"| {vram} GB | {one.questions} | {one.loads} | {one.swaps} | {one.keys} "
        f"| {one.helped_out} | {one.waited} | {one.longest * 1000:.0f} ms |"
    )


def _goal(what: str, holds: bool) -> None:  # noqa: FBT001
    print(f"goal, {what}: {'holds' if holds else 'MISSED'}")


def main() -> None:
    """Print both parts."""
    parser = argparse.ArgumentParser(prog="scripts/bench prefix", description=__doc__)
    parser.add_argument("--visits", type=int, default=18, help="function bodies typed in the hour")
    parser.add_argument("--budgets", type=int, nargs="+", default=[8192, 32768, 131072])
    arguments = parser.parse_args()
    began = time.monotonic()
    for budget in arguments.budgets:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "rich"
            source = Path(rich.__file__).parent
            shutil.copytree(source, root, ignore=shutil.ignore_patterns("__py*"))
            show(budget, asyncio.run(replay(root, budget, arguments.visits)))
    columns = (
        "GPU | questions | loads | swaps | keys | by built-in engine | waited for a load | longest"
    )
    print(f"\n| {columns} |\n|{'---|' * 8}")
    shifts = {vram: asyncio.run(shift(vram)) for vram in (16, 24, 48)}
    for vram, one in shifts.items():
        show_shift(vram, one)
    _goal(
        "no more swaps than questions", all(one.swaps <= one.questions for one in shifts.values())
    )
    _goal("no key waits for a load", not any(one.waited for one in shifts.values()))
    alike = all(len(sizes) == 1 for one in shifts.values() for sizes in one.sizes.values())
    _goal("one set of runner options a model, so no reload", alike)
    print(f"\nTook {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
