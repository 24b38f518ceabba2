"""`tandem-ls explain-context FILE:LINE:COL`: what a model would be shown there, and why."""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lsp_server.cli.errors import WrongUsage
from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.indexing import indexed
from lsp_server.cli.terminal import output, print_json
from lsp_server.cli.where import parse_line, place_at, read_snapshot, workspace_of
from lsp_server.cli.working import add_common_options, settings_for
from lsp_server.common.blocks import Depth, Packed
from lsp_server.common.snapshot import Place
from lsp_server.config.settings import LEAST_CONTEXT_TOKENS, MOST_CONTEXT_TOKENS, Settings
from lsp_server.context.engine import ContextEngine
from lsp_server.context.log import Entry
from lsp_server.context.tokens import bytes_over_four
from lsp_server.models.prompts.shared import render_block, render_context

_PATIENCE_SECONDS = 5.0
_DEPTHS = {
    Depth.NAME: ("name", "names"),
    Depth.SIGNATURE: ("signature", "signatures"),
    Depth.DOCUMENTED: ("signature with doc", "signatures with docs"),
    Depth.BODY: ("body", "bodies"),
}


@dataclass(frozen=True, slots=True)
class _Explained:
    """A prompt and how it came about.

    `key` is the name of the file at hand. `cached` is how many entries of the log lie whole in what
    was sent before, or None where nothing of it is shared.
    """

    packed: Packed
    entries: Sequence[Entry]
    key: str
    budget: int
    cached: int | None

    def state(self, number: int) -> str:
        """Return whether an entry is cached, and for which other file it was fetched."""
        state = "cached" if number < (self.cached or 0) else "new"
        owner = self.entries[number].owner
        return state if owner == self.key else f"{state}, fetched for {owner}"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's arguments."""
    parser = subparsers.add_parser(
        "explain-context", help="show what a model would be shown at a place, and why"
    )
    parser.add_argument("where", metavar="FILE:LINE[:COL]", help="the place")
    parser.add_argument(
        "--before", metavar="FILE:LINE[:COL]", help="the place of the prompt before this one"
    )
    parser.add_argument(
        "--tokens",
        type=int,
        help=f"the budget, {LEAST_CONTEXT_TOKENS} to {MOST_CONTEXT_TOKENS}; else the setting's",
    )
    parser.add_argument("--text", action="store_true", help="print the text of each block as well")
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Print one line a block: tokens, place, depths, reason, and whether it is cached or new."""
    where = parse_line(arguments.where)
    place = place_at(read_snapshot(where.file), where)
    root = workspace_of(place.snapshot.path or where.file)
    settings = settings_for(root, trusted=arguments.trust)
    budget = _budget(arguments.tokens, settings)
    before = None
    if arguments.before:
        earlier = parse_line(arguments.before)
        before = place_at(read_snapshot(earlier.file), earlier)
    async with indexed(root, settings) as engine:
        sent = await _sent_before(engine, before, budget)
        packed = await engine.pack(place, budget, patience=_PATIENCE_SECONDS)
        entries, key = engine.shown(place, budget), engine.key_of(place.snapshot.path)
    explained = _Explained(packed, entries, key, budget, _cached(packed, sent))
    if arguments.json:
        print_json(_as_json(explained))
    else:
        _print(explained, with_text=arguments.text)
        if before is None:
            output().out("Nothing was sent before; --before FILE:LINE tells what would be cached.")
    return ExitCode.DONE if packed.log or packed.map else ExitCode.NOTHING


def _budget(given: int | None, settings: Settings) -> int:
    if given is None:
        return settings.executor.context_tokens
    if not LEAST_CONTEXT_TOKENS <= given <= MOST_CONTEXT_TOKENS:
        raise WrongUsage(
            f"--tokens cannot be {given}.",
            f"Give {LEAST_CONTEXT_TOKENS} to {MOST_CONTEXT_TOKENS}.",
        )
    return given


async def _sent_before(engine: ContextEngine, place: Place | None, budget: int) -> str:
    """Return what a model read for a prompt at `place`, up to the window; nothing for None."""
    if place is None:
        return ""
    engine.buffer_changed(place.snapshot)
    return render_context(await engine.pack(place, budget, patience=_PATIENCE_SECONDS))


def _cached(packed: Packed, sent: str) -> int | None:
    """Return how many blocks lie whole in the part shared with what was `sent`.

    None if not even the map before them does.
    """
    head = render_context(replace(packed, log=()))
    if not sent.startswith(head):
        return None
    at = len(head)
    for number, block in enumerate(packed.log):
        text = render_block(block)
        if not sent.startswith(text, at):
            return number
        at += len(text)
    return len(packed.log)


def _as_json(explained: _Explained) -> dict[str, Any]:
    packed, cached = explained.packed, explained.cached
    return {
        "budget": explained.budget,
        "tokens": packed.tokens,
        "map_tokens": bytes_over_four(packed.map),
        "map_cached": cached is not None,
        "window_tokens": _window_tokens(packed),
        "blocks": [
            {**_block_as_json(entry), "cached": number < (cached or 0)}
            for number, entry in enumerate(explained.entries)
        ],
    }


def _block_as_json(entry: Entry) -> dict[str, Any]:
    block = entry.block
    return {
        "path": block.path,
        "lines": [block.span.start.line + 1, block.span.end.line + 1],
        "depth": block.depth.name.lower(),
        "definitions": {name: depth.name.lower() for name, depth in sorted(entry.shown.items())},
        "tokens": block.tokens,
        "why": block.why,
        "for": entry.owner,
    }


def _print(explained: _Explained, *, with_text: bool) -> None:
    console, packed = output(), explained.packed
    console.out(f"{packed.tokens} of {explained.budget} tokens")
    state = "new" if explained.cached is None else "cached"
    tokens = bytes_over_four(packed.map)
    console.out(f"{tokens:6} repository map, the most used definitions ({state})")
    for number, entry in enumerate(explained.entries):
        block = entry.block
        place = f"{block.path}:{block.span.start.line + 1}-{block.span.end.line + 1}"
        state = explained.state(number)
        console.out(f"{block.tokens:6} {place} ({_depths(entry)}): {block.why} ({state})")
        if with_text:
            console.out(block.text, style="dim")
    console.out(f"{_window_tokens(packed):6} the lines around the cursor (new)")


def _depths(entry: Entry) -> str:
    """Return how many definitions are shown at which depth, such as "12 signatures, 1 body"."""
    counts = Counter(entry.shown.values())
    return ", ".join(
        f"{counts[depth]} {_DEPTHS[depth][counts[depth] > 1]}" for depth in sorted(counts)
    )


def _window_tokens(packed: Packed) -> int:
    return bytes_over_four(packed.above) + bytes_over_four(packed.below)
