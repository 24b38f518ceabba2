"""What the context engine costs on a real workspace: index, warm start, save, packing, memory.

    scripts/bench context FOLDER [--files COUNT] [--json]

FOLDER is any source tree, such as an unpacked source package of Django. With `--files` its files
are copied until there are so many, and measured once. Prints medians over the runs with their
goals; times of packing are 95th percentiles over files, and a change of file is measured as the
change to a file after the one before was closed.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position
from lsp_server.config.settings import CacheSettings, IndexSettings
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index.walk import WalkLimits, walk
from lsp_server.context.tokens import bytes_over_four

RUNS = 3
FILES = 40
LARGE = 131072
BUDGETS = (2048, 8192, 32768, LARGE)
CODE = frozenset({"python", "typescript", "javascript", "go", "rust", "java", "c", "cpp"})


@dataclass(frozen=True)
class Figure:
    """One figure with its goal; `least` says that more is better."""

    name: str
    unit: str
    goal: float
    value: float
    least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.goal if self.least else self.value <= self.goal


async def loop_gaps(until: asyncio.Task[object]) -> list[float]:
    """Return by how many milliseconds the event loop was late, each time, while `until` runs."""
    gaps = []
    while not until.done():
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        gaps.append((time.perf_counter() - start - 0.001) * 1000)
    return gaps


async def start(root: Path, cache: CacheSettings) -> tuple[ContextEngine, float, list[float]]:
    """Return an engine whose index is complete, the seconds it took, and the loop's gaps."""
    engine = ContextEngine(IndexSettings(), cache)
    begun = time.perf_counter()
    await engine.start([root])
    complete: asyncio.Task[object] = asyncio.create_task(engine.complete())
    gaps = await loop_gaps(complete)
    return engine, time.perf_counter() - begun, gaps


def places(root: Path) -> list[Place]:
    """Return the middles of some files, the same each time."""
    files = [found for found in walk(root, WalkLimits()) if found.language in CODE]
    random.Random(1).shuffle(files)  # noqa: S311 - a sample, no secret
    found = []
    for file in files[:FILES]:
        path = root / file.path
        text = path.read_bytes().decode("utf-8", "replace")
        snapshot = Snapshot.of_text(text, language=language_of_path(path).name, path=path)
        found.append(Place(snapshot, Position(len(snapshot.lines) // 2, 0)))
    return found


def typed(place: Place, text: str) -> Place:
    """Return the place after `text` was typed there."""
    lines = list(place.snapshot.lines)
    line, column = place.position.line, place.position.column
    lines[line] = lines[line][:column] + text + lines[line][column:]
    old = place.snapshot
    snapshot = Snapshot(old.uri, lines, old.language, 2, old.path)
    return Place(snapshot, Position(line, column + len(text)))


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


async def packing(engine: ContextEngine, at: list[Place]) -> list[Figure]:
    """Return what cold packs, changes of file and keys cost."""
    cold, keys = list[float](), list[float]()
    changes: dict[int, list[float]] = {budget: [] for budget in BUDGETS}
    for budget in BUDGETS:
        # The first has the map to draw: it is cold.
        await engine.pack(at[-1], budget)
        for place in at:
            begun = time.perf_counter()
            await engine.pack(place, budget)
            changes[budget].append((time.perf_counter() - begun) * 1000)
    for place in at[:5]:
        engine.use_counter(bytes_over_four)
        begun = time.perf_counter()
        await engine.pack(place, LARGE)
        cold.append((time.perf_counter() - begun) * 1000)
    await engine.pack(at[0], LARGE)
    for length in range(1, 60):
        begun = time.perf_counter()
        await engine.pack(typed(at[0], "x" * length), LARGE)
        keys.append((time.perf_counter() - begun) * 1000)
    return [
        Figure("cold pack at 128k", "ms", 500, statistics.median(cold)),
        Figure("pack at 128k per key, p95", "ms", 20, p95(keys)),
        *(
            Figure(f"pack at {budget} after a change of file, p95", "ms", 25, p95(times))
            for budget, times in changes.items()
        ),
    ]


async def saving(engine: ContextEngine, at: list[Place]) -> Figure:
    """Return how long it takes until a saved file is indexed again."""
    times = []
    for place in at[:20]:
        path = place.snapshot.path
        if path is None:
            continue
        content = path.read_bytes()
        try:
            path.write_bytes(content + b"\n")
            begun = time.perf_counter()
            await engine.files_changed([path])
            times.append((time.perf_counter() - begun) * 1000)
        finally:
            path.write_bytes(content)
    return Figure("index again after a save", "ms", 30, statistics.median(times))


def grown(root: Path, count: int, into: Path) -> Path:
    """Copy the files of `root` into folders below `into` until there are `count`; return it."""
    files = list(walk(root, WalkLimits()))
    for number in range(count):
        copy, file = divmod(number, len(files))
        target = into / f"copy{copy}" / files[file].path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / files[file].path, target)
    return into


async def measure(root: Path, runs: int = RUNS) -> list[Figure]:
    """Return all figures for one workspace."""
    size = sum((root / found.path).stat().st_size for found in walk(root, WalkLimits())) / 1e6
    cold, warm, gaps = [], [], list[float]()
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            cache = CacheSettings(directory=folder)
            engine, seconds, late = await start(root, cache)
            cold.append(seconds)
            gaps += late
            await engine.stop()
            engine, seconds, _ = await start(root, cache)
            warm.append(seconds)
            await engine.stop()
    engine, _, _ = await start(root, CacheSettings(directory=tempfile.mkdtemp()))
    at = places(root)
    figures = await packing(engine, at)
    figures.append(await saving(engine, at))
    await engine.stop()
    lateness = sorted(gaps)[int(0.99 * len(gaps))]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    index = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        Figure("cold index", "MB/s", 5, size / statistics.median(cold), least=True),
        Figure("event loop late while indexing, p99", "ms", 10, lateness),
        Figure("warm start", "s", 1, statistics.median(warm)),
        *figures,
        Figure("memory of this process at most", "MB", 150, memory),
        Figure("memory of the index process at most", "MB", 500, index),
    ]


def main() -> int:
    """Measure and print; return 1 for `--strict` and a goal that is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the source tree to measure on")
    parser.add_argument("--files", type=int, default=0, help="copy them until there are so many")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--strict", action="store_true", help="end with 1 if a goal is missed")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is not a folder")
    root = arguments.folder.resolve()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.files:
            root = grown(root, arguments.files, Path(folder))
        figures = asyncio.run(measure(root, 1 if arguments.files else RUNS))
        count = sum(1 for _ in walk(root, WalkLimits()))
    if arguments.json:
        print(json.dumps({one.name: {"value": one.value, "goal": one.goal} for one in figures}))
    else:
        print(f"{count} files, load {os.getloadavg()[0]:.1f}")
        for one in figures:
            mark = "met" if one.met else "missed"
            print(f"{one.name:44} {one.value:9.2f} {one.unit:5} (goal {one.goal:g}, {mark})")
    return int(arguments.strict and not all(one.met for one in figures))


if __name__ == "__main__":
    sys.exit(main())
