"""How much of each prompt a server already has, over an hour of editing.

An hour on real source is played by a fixed seed: bodies of functions are typed, lines are taken as
suggestions, the cursor jumps, files are switched and come back, and in between stand a fix and
questions. The same hour is put into prompts by Tandem and, after their documented order of parts
alone, by three others: Continue (snippets in random order, text above, text below), llama.vim (a
ring of chunks, text above, text below, the line last) and Cody (ranked snippets, text above, 100
characters below). All get the same budget and the same material. What is kept follows the
simulator's model of llama-server (tests/simulator/slots.py), for a model without sliding window.
A token is a piece of at most six letters; reading is taken to run at 3,000 tokens a second.

The second part plays keys and questions against the whole model layer on simulated GPUs, in
simulated time, and counts loads and the longest wait of a key.
"""

import argparse
import asyncio
import random
import re
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import rich

from lsp_server.common.blocks import Packed
from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import position_at, split_lines
from lsp_server.config.settings import (
    AgentSettings,
    CacheSettings,
    IndexSettings,
    OllamaSettings,
    Settings,
)
from lsp_server.context.engine import ContextEngine
from lsp_server.models.api import ChatPrompt, FillPrompt, Request, Role, Urgency
from lsp_server.models.directory import Directory
from lsp_server.models.errors import Loading
from lsp_server.models.fim import FAMILIES, fill_text
from lsp_server.models.frames import Frame
from lsp_server.models.learning import learn_here
from lsp_server.models.prompts.shared import SYSTEM, render_context
from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.engine import Engine
from tests.simulator.hardware import GIB, machine
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.simulator.slots import Prompts, Rules

READ_PER_SECOND = 3000.0
FRAME = Frame("[gMASK]<sop><|system|>", "<|user|>", "<|assistant|></think>", continues=False)
_PIECE = re.compile(r" ?\w{1,6}|\s|[^\w\s]")
_BODY = re.compile(r"^ *def \w+\(.*\n(?:.*\n)*?(?= *(?:def|class|@)|\Z)", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One request of the hour; `kind` is "key", "line", "jump", "switch" or "fix"."""

    kind: str
    path: str
    above: str
    below: str


@lru_cache(maxsize=200_000)
def _line_ids(line: str) -> tuple[int, ...]:
    return tuple(hash(piece) & 0x7FFFFFFF for piece in _PIECE.findall(line))


def ids(text: str) -> list[int]:
    """Return the tokens of `text`."""
    found: list[int] = []
    for line in text.splitlines(keepends=True):
        found += _line_ids(line)
    return found


def count(text: str) -> int:
    """Return how many tokens `text` has."""
    return sum(len(_line_ids(line)) for line in text.splitlines(keepends=True))


def hour(files: dict[str, str], visits: int, rng: random.Random) -> Iterator[Step]:
    """Yield the steps: in each visit of a file one function body is typed anew."""
    names = sorted(files, key=lambda name: -len(files[name]))[:24]
    chosen = rng.sample(names, 5)
    for visit in range(visits):
        path = chosen[visit % 3] if visit % 4 else rng.choice(chosen)
        text = files[path]
        bodies = [found for found in _BODY.finditer(text) if 5 < found[0].count("\n") < 25]  # noqa: PLR2004
        body = rng.choice(bodies)
        head, _, rest = body[0].partition("\n")
        above, below = text[: body.start()] + head + "\n", text[body.end() :]
        yield Step("switch", path, above, below)
        for number, line in enumerate(rest.splitlines(keepends=True)):
            if number % 4 == 3:  # noqa: PLR2004 - every fourth line is an accepted suggestion
                above += line
                yield Step("line", path, above, below)
                continue
            for at in range(0, len(line), 3):
                above += line[at : at + 3]
                yield Step("key", path, above, below)
        if visit % 3 == 1:
            jump = text.find("\n\n", rng.randrange(len(text) // 2)) + 2
            yield Step("jump", path, text[:jump], text[jump:])
        if visit % 5 == 4:  # noqa: PLR2004
            yield Step("fix", path, above, below)


@dataclass
class Tally:
    """What one system's hour came to."""

    cache: Prompts
    tokens: dict[str, list[int]] = field(default_factory=dict)
    new: dict[str, list[int]] = field(default_factory=dict)
    task: int = 0

    def read(self, kind: str, text: str) -> None:
        """Send one prompt."""
        prompt = ids(text)
        self.task += 1
        slot, kept = self.cache.take(prompt, self.task)
        self.cache.read(slot, prompt, self.task)
        slot.busy = False
        self.tokens.setdefault(kind, []).append(len(prompt))
        self.new.setdefault(kind, []).append(len(prompt) - kept)

    def reuse(self, *kinds: str) -> float:
        """Return the share of tokens that were kept, over `kinds` or all."""
        chosen = kinds or tuple(self.tokens)
        total = sum(sum(self.tokens.get(kind, ())) for kind in chosen)
        return 1 - sum(sum(self.new.get(kind, ())) for kind in chosen) / max(total, 1)

    def milliseconds(self) -> list[float]:
        """Return what each key cost, sorted."""
        return sorted(new / READ_PER_SECOND * 1000 for new in self.new["key"])


Build = Callable[[Step, Packed], str]


def tandem(step: Step, packed: Packed) -> str:
    """Return Tandem's prompt."""
    context = render_context(packed)
    if step.kind == "fix":
        piece = step.above[-1500:]
        return FRAME.render(SYSTEM, f"{context}\n# Task\nFix this problem.\n```\n{piece}\n```\n")
    file = f"\n# {step.path} (python)\n"
    return FRAME.head(SYSTEM) + context + file + fill_text(FAMILIES[0], packed.above, packed.below)


class Others:
    """Prompts of the other systems, by order of parts, of the same material."""

    def __init__(self, budget: int, rng: random.Random) -> None:
        self._budget, self._rng = budget, rng
        self._ring: list[str] = []

    def continue_(self, step: Step, packed: Packed) -> str:
        """Snippets in random order, text above, text below."""
        if step.kind == "fix":
            return _chat(step)
        snippets = [block.text for block in packed.log]
        self._rng.shuffle(snippets)
        above, below = self._around(step)
        return f"<fim_prefix>{self._fill(snippets)}{above}<fim_suffix>{below}<fim_middle>"

    def cody(self, step: Step, packed: Packed) -> str:
        """Snippets by likeness to the lines at the cursor, text above, 100 characters below."""
        if step.kind == "fix":
            return _chat(step)
        near = set(re.findall(r"\w+", step.above[-600:]))
        texts = [block.text for block in packed.log]
        ranked = sorted(texts, key=lambda text: -_likeness(near, text))
        above, _ = self._around(step)
        return f"<fim_prefix>{self._fill(ranked)}{above}<fim_suffix>{step.below[:100]}<fim_middle>"

    def llama_vim(self, step: Step, packed: Packed) -> str:
        """A ring of chunks, text above, text below, and the current line at the very end."""
        if step.kind in {"switch", "jump"}:
            lines = (step.above + step.below).splitlines(keepends=True)
            at = step.above.count("\n")
            self._ring.append("".join(lines[max(at - 32, 0) : at + 32]))
            self._ring = self._ring[-max(self._budget // 2000, 4) :]
        if step.kind == "fix":
            return _chat(step)
        above, below = self._around(step)
        start, _, line = above.rpartition("\n")
        extra = self._fill([*self._ring, *(block.text for block in packed.log)])
        return f"{extra}<fim_prefix>{start}\n<fim_suffix>{below}<fim_middle>{line}"

    def _around(self, step: Step) -> tuple[str, str]:
        """Return windows of lines that move with the cursor, as all three cut them."""
        share = self._budget // 40
        above = step.above.splitlines(keepends=True)[-share:]
        return "".join(above), "".join(step.below.splitlines(keepends=True)[: share // 4])

    def _fill(self, snippets: list[str]) -> str:
        room, kept = self._budget * 6 // 10, []
        for text in snippets:
            room -= count(text)
            if room < 0:
                break
            kept.append(text)
        return "\n".join(kept)


def _likeness(near: set[str], text: str) -> float:
    words = set(re.findall(r"\w+", text))
    return len(near & words) / max(len(near | words), 1)


def _chat(step: Step) -> str:
    return f"You fix code.\n```\n{step.above}{step.below}```\nFix this problem."


async def replay(root: Path, budget: int, visits: int) -> dict[str, Tally]:
    """Play the hour at one budget; return what each system's came to."""
    files = _sources(root)
    rng = random.Random(7)  # noqa: S311 - no secret
    others = Others(budget, random.Random(8))  # noqa: S311
    systems: dict[str, Build] = {
        "Tandem": tandem,
        "llama.vim": others.llama_vim,
        "Cody": others.cody,
        "Continue": others.continue_,
    }
    rules = Rules(0, 2048, 54144, 8 << 30)
    tallies = {name: Tally(Prompts(1, rules)) for name in systems}
    engine = ContextEngine(IndexSettings(), CacheSettings(str(root.parent / "cache")))
    engine.use_counter(count)
    await engine.start([root])
    await engine.complete()
    for step in hour(files, visits, rng):
        packed = await engine.pack(_place(root, step), budget - 300)
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
    """Print one table."""
    print(
        f"\n{budget} tokens, {sum(map(len, next(iter(tallies.values())).tokens.values()))} requests"
    )
    print("| system | reused while typing | reused in the hour | ms a key, median / p95 |")
    print("|---|---|---|---|")
    for name, tally in tallies.items():
        times = tally.milliseconds()
        p95 = times[int(len(times) * 0.95)]
        print(
            f"| {name} | {tally.reuse('key', 'line'):.1%} | {tally.reuse():.1%} "
            f"| {statistics.median(times):.0f} / {p95:.0f} |"
        )


@dataclass
class Shift:
    """What an hour on one GPU came to: loads in order, keys, keys without the model, worst wait."""

    loads: list[str]
    questions: int
    keys: int
    helped_out: int
    longest: float


async def shift(vram: int) -> Shift:
    """Type for an hour of simulated time, with six questions, three of them while typing."""
    models = [gpt_oss(always("It is so.")), glm_flash(always("x + y"))]
    engine = Engine(machine("rtx4090", vram))
    simulator, clock = Simulator(models, engine=engine), engine.clock
    await simulator.start()

    async def measured(_ours: int) -> int:
        return vram * GIB

    settings = Settings(AgentSettings(), OllamaSettings(host=simulator.url))
    directory = Directory(settings, clock, learn=learn_here, measure=measured)
    await directory.refresh()
    found = Shift([], 6, 0, 0, 0.0)
    for minute in range(60):
        pause = minute % 20 == 15  # noqa: PLR2004
        if minute % 10 == 5:  # noqa: PLR2004
            await clock.sleep(70 if pause else 0)
            await _asked(directory)
        for key in range(10):
            await clock.sleep(6)
            await _typed(directory, f"value_{minute} = {'z' * key}", found, clock.now)
    found.loads = [load.model for load in engine.loads]
    await directory.close()
    await simulator.stop()
    return found


async def _typed(directory: Directory, line: str, found: Shift, now: Callable[[], float]) -> None:
    model = directory.ready(Role.EXECUTOR)
    began = now()
    found.keys += 1
    if model is None:
        found.helped_out += 1
        return
    prompt = FillPrompt(SYSTEM, "# map\n", f"import os\n{line}", "\n", "python", "a.py")
    try:
        async with aclosing(model.stream(Request(prompt, 8, Urgency.TYPING))) as events:
            await anext(events)
    except Loading:
        found.helped_out += 1
    found.longest = max(found.longest, now() - began)


async def _asked(directory: Directory) -> None:
    model = directory.ready(Role.PLANNER)
    if model is not None:
        prompt = ChatPrompt(SYSTEM, "# map\n", "Why?")
        async with aclosing(model.stream(Request(prompt, 64))) as events:
            async for _ in events:
                pass


def main() -> None:
    """Print both parts."""
    parser = argparse.ArgumentParser(prog="scripts/bench prefix", description=__doc__)
    parser.add_argument("--visits", type=int, default=12, help="function bodies typed in the hour")
    parser.add_argument("--budgets", type=int, nargs="+", default=[8192, 32768, 131072])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "rich"
        shutil.copytree(Path(rich.__file__).parent, root, ignore=shutil.ignore_patterns("__py*"))
        for budget in arguments.budgets:
            show(budget, asyncio.run(replay(root, budget, arguments.visits)))
    print("\n| GPU | questions | loads | keys | of those built-in engine | longest key |")
    print("|---|---|---|---|---|---|")
    for vram in (16, 24, 48):
        one = asyncio.run(shift(vram))
        print(
            f"| {vram} GB | {one.questions} | {len(one.loads)} | {one.keys} | {one.helped_out} "
            f"| {one.longest * 1000:.0f} ms |"
        )


if __name__ == "__main__":
    main()
