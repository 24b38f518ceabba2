"""`tandem-ls stats`: what became of the suggestions, as counted on this machine."""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lsp_server.cli.exit_codes import ExitCode
from lsp_server.config.load import load_all
from lsp_server.features.acceptance import SURVIVAL_SECONDS
from lsp_server.storage.paths import tally_file
from lsp_server.storage.tally import read_counts

_HELP = "show how many suggestions were accepted, and kept"
_DESCRIPTION = """Show what became of the suggestions of the last days, by engine: offered,
shown (where the editor tells), accepted whole or in part, and of those accepted whole how many
still stood in the text after 30 seconds, 2 minutes and 10 minutes; and how many tokens each model
read and wrote, with what that cost where prices are set. The counts are kept on this machine
only."""
_SECONDS_A_DAY = 86400


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("stats", help=_HELP, description=_DESCRIPTION)
    parser.add_argument("--days", type=_days, default=30, help="how many days back; 30 by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")
    parser.set_defaults(run=run)


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise argparse.ArgumentTypeError(f"{days} is no number of days; give 1 or more")
    return days


async def run(arguments: argparse.Namespace) -> int:
    """Print the counts; 1 if there are none."""
    oldest = time.strftime(
        "%Y-%m-%d", time.localtime(time.time() - arguments.days * _SECONDS_A_DAY)
    )
    engines = summed(read_counts(_file()), oldest)
    if arguments.json:
        print(json.dumps(engines))  # noqa: T201 - the command's output
    else:
        print("\n".join(_lines(engines, arguments.days)))  # noqa: T201 - the command's output
    return ExitCode.DONE if engines else ExitCode.NOTHING


def _file() -> Path:
    return tally_file(load_all({}, [], trusted=False).settings.cache)


def summed(records: Iterable[Mapping[str, Any]], oldest: str) -> dict[str, dict[str, int]]:
    """Return the counts of each engine since the day `oldest` (year-month-day)."""
    engines: dict[str, Counter[str]] = {}
    for record in records:
        if str(record.get("day", "")) < oldest:
            continue
        counter = engines.setdefault(str(record.get("engine", "")), Counter())
        counter.update({name: n for name, n in record.items() if type(n) is int})
    return {engine: dict(counter) for engine, counter in sorted(engines.items())}


def _lines(engines: Mapping[str, Mapping[str, int]], days: int) -> list[str]:
    if not engines:
        return [f"No suggestion was counted in the last {days} days."]
    lines = []
    for engine, counts in engines.items():
        if counts.get("offered", 0):
            lines.append(f"{engine}: {_suggestions(counts)}")
        if counts.get("prompt_tokens", 0):
            lines.append(f"{engine}: {_tokens(counts)}")
    return lines


def _suggestions(counts: Mapping[str, int]) -> str:
    offered, accepted = counts.get("offered", 0), counts.get("accepted", 0)
    return (
        f"{offered} offered, {accepted} accepted{_share(accepted, offered)}, "
        f"{counts.get('partly', 0)} in part; kept {_kept(counts)}"
    )


def _tokens(counts: Mapping[str, int]) -> str:
    tokens, cached = counts["prompt_tokens"], counts.get("cached_tokens", 0)
    cost = counts.get("cost_millionths", 0) / 1_000_000
    paid = f"; {cost:.2f} to pay at the prices in your settings" if cost else ""
    wrote = counts.get("answer_tokens", 0)
    return f"{tokens} tokens of prompts, {100 * cached // tokens} % cached, {wrote} written{paid}"


def _kept(counts: Mapping[str, int]) -> str:
    names = {30: "30 s", 120: "2 min", 600: "10 min"}
    shares = [
        f"{names[seconds]} {counts.get(f'kept_{seconds}', 0)} of {watched}"
        for seconds in SURVIVAL_SECONDS
        if (watched := counts.get(f"watched_{seconds}", 0))
    ]
    return ", ".join(shares) or "not known yet"


def _share(part: int, whole: int) -> str:
    return f" ({round(100 * part / whole)} %)" if whole else ""
