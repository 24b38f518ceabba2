"""What the built-in engine's reading costs: seconds, megabytes, and one changed file.

Reads the source files below some folders through the child process as the server does. Computing
is what the child, and the loop between two of its turns, used of a processor, whatever else the
machine has to do; the rest of the seconds both waited for one.
"""

import argparse
import asyncio
import gc
import resource
import statistics
import time
from pathlib import Path

from lsp_server.common.languages import PLAIN, language_of_path
from lsp_server.models.builtin.completing import BuiltInEngine

MOST_BYTES = 512 * 1024
RUNS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    folders = parser.parse_args().folders
    files = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and language_of_path(path).line_comment
        and language_of_path(path) is not PLAIN
        and path.stat().st_size < MOST_BYTES
    ]
    print(asyncio.run(measure(files)))


async def measure(files: list[Path]) -> str:
    """Return the figures of reading `files`, one a line."""
    seconds, computing, longest, busiest, taken = [], [], [], [], []
    for _ in range(RUNS):
        gc.collect()
        before = resident_mb()
        engine = BuiltInEngine()
        gaps = asyncio.create_task(_longest_gap())
        started, spent = time.perf_counter(), _children_seconds()
        await engine.read(files)
        seconds.append(time.perf_counter() - started)
        computing.append(_children_seconds() - spent)
        gaps.cancel()
        gap, busy = await gaps
        longest.append(gap * 1000)
        busiest.append(busy * 1000)
        touched = engine.touch()
        taken.append(resident_mb() - before)
        tokens, update = engine.token_count, _update_ms(engine, files)
        engine.close()
    return "\n".join(
        [
            f"files, tokens                       {len(files)}, {tokens}",
            f"reading                             {statistics.median(seconds):.2f} s",
            f"computing in the child process      {statistics.median(computing):.2f} s",
            f"event loop held up at worst         {statistics.median(longest):.1f} ms",
            f"computing between two of its turns  {statistics.median(busiest):.1f} ms at most",
            f"memory more than before, first run  {taken[0]:.0f} MB with {touched} MB of arrays",
            f"one changed file, median            {update:.2f} ms",
        ]
    )


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _longest_gap() -> tuple[float, float]:
    """Return how long the event loop was held up at worst, and computed, once cancelled."""
    worst, last = 0.0, time.perf_counter()
    most, spent = 0.0, time.thread_time()
    try:
        while True:
            await asyncio.sleep(0.001)
            now, used = time.perf_counter(), time.thread_time()
            worst, last = max(worst, now - last), now
            most, spent = max(most, used - spent), used
    except asyncio.CancelledError:
        return worst, most


def _update_ms(engine: BuiltInEngine, files: list[Path]) -> float:
    times = []
    for path in files[:: max(len(files) // 50, 1)]:
        text = path.read_text(encoding="utf-8", errors="replace")
        started = time.perf_counter()
        engine.changed(str(path), text, language_of_path(path).name)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def resident_mb() -> float:
    """Return the resident memory of this process in megabytes."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
