"""What the built-in engine's reading costs: seconds, megabytes, and one changed file.

Reads the source files below some folders through the child process as the server does. The
seconds of computing are those of the child, whatever else the machine has to do.
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
    seconds, computing, longest, taken = [], [], [], []
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
        longest.append(await gaps * 1000)
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
            f"memory more than before, first run  {taken[0]:.0f} MB with {touched} MB of arrays",
            f"one changed file, median            {update:.2f} ms",
        ]
    )


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _longest_gap() -> float:
    """Return how long the event loop was held up at worst, once cancelled."""
    worst, last = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            worst, last = max(worst, now - last), now
    except asyncio.CancelledError:
        return worst


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
