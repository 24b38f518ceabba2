"""`tandem-ls explain-context FILE:LINE:COL`: what a model would be shown there, and why."""

import argparse
from dataclasses import replace
from typing import Any

from lsp_server.cli.errors import WrongUsage
from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.indexing import indexed
from lsp_server.cli.terminal import output, print_json
from lsp_server.cli.where import parse_where, place_at, read_snapshot, workspace_of
from lsp_server.cli.working import add_common_options, settings_for
from lsp_server.common.blocks import Block, Packed
from lsp_server.common.snapshot import Place
from lsp_server.context.engine import ContextEngine
from lsp_server.context.tokens import bytes_over_four
from lsp_server.models.prompts.shared import render_block, render_context

_LEAST_TOKENS = 500
_PATIENCE_SECONDS = 5.0
_MAP = "map"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's arguments."""
    parser = subparsers.add_parser(
        "explain-context", help="show what a model would be shown at a place, and why"
    )
    parser.add_argument("where", metavar="FILE:LINE[:COL]", help="the place")
    parser.add_argument(
        "--before", metavar="FILE:LINE[:COL]", help="the place of the prompt before this one"
    )
    parser.add_argument("--tokens", type=int, help="the budget; else the setting's")
    parser.add_argument("--text", action="store_true", help="print the text of each block as well")
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Print one line a block: tokens, depth, place, reason, and whether it is cached or new."""
    where = parse_where(arguments.where)
    place = place_at(read_snapshot(where.file), where)
    root = workspace_of(place.snapshot.path or where.file)
    settings = settings_for(root, trusted=arguments.trust)
    budget = arguments.tokens or settings.executor.context_tokens
    if budget < _LEAST_TOKENS:
        raise WrongUsage(f"{budget} tokens hold nothing.", f"Give {_LEAST_TOKENS} or more.")
    before = None
    if arguments.before:
        earlier = parse_where(arguments.before)
        before = place_at(read_snapshot(earlier.file), earlier)
    async with indexed(root, settings) as engine:
        sent = await _sent_before(engine, before, budget)
        packed = await engine.pack(place, budget, patience=_PATIENCE_SECONDS)
    cached = _cached(packed, sent)
    if arguments.json:
        print_json(_as_json(packed, budget, cached))
    else:
        _print(packed, budget, cached, with_text=arguments.text)
        if before is None:
            output().out("Nothing was sent before; --before FILE:LINE tells what would be cached.")
    return ExitCode.DONE if packed.log or packed.map else ExitCode.NOTHING


async def _sent_before(engine: ContextEngine, place: Place | None, budget: int) -> str:
    """Return what a model read for a prompt at `place`, up to the window; nothing for None."""
    if place is None:
        return ""
    engine.buffer_changed(place.snapshot)
    return render_context(await engine.pack(place, budget, patience=_PATIENCE_SECONDS))


def _cached(packed: Packed, sent: str) -> frozenset[str]:
    """Return the names of what lies whole in the part shared with what was `sent`."""
    head = render_context(replace(packed, log=()))
    if not sent.startswith(head):
        return frozenset()
    found, at = {_MAP}, len(head)
    for block in packed.log:
        text = render_block(block)
        if not sent.startswith(text, at):
            break
        found.add(_name(block))
        at += len(text)
    return frozenset(found)


def _name(block: Block) -> str:
    return f"{block.path}:{block.span.start.line + 1}-{block.span.end.line + 1}"


def _as_json(packed: Packed, budget: int, cached: frozenset[str]) -> dict[str, Any]:
    blocks = [
        {
            "path": block.path,
            "lines": [block.span.start.line + 1, block.span.end.line + 1],
            "depth": block.depth.name.lower(),
            "tokens": block.tokens,
            "why": block.why,
            "cached": _name(block) in cached,
        }
        for block in packed.log
    ]
    return {
        "budget": budget,
        "tokens": packed.tokens,
        "map_tokens": bytes_over_four(packed.map),
        "map_cached": _MAP in cached,
        "window_tokens": bytes_over_four(packed.above) + bytes_over_four(packed.below),
        "blocks": blocks,
    }


def _print(packed: Packed, budget: int, cached: frozenset[str], *, with_text: bool) -> None:
    console = output()
    window = bytes_over_four(packed.above) + bytes_over_four(packed.below)
    console.out(f"{packed.tokens} of {budget} tokens")
    state = " (cached)" if _MAP in cached else " (new)"
    console.out(f"{bytes_over_four(packed.map):6} repository map, the most used definitions{state}")
    for block in packed.log:
        state = "cached" if _name(block) in cached else "new"
        depth = block.depth.name.lower()
        console.out(f"{block.tokens:6} {_name(block)} ({depth}): {block.why} ({state})")
        if with_text:
            console.out(block.text, style="dim")
    console.out(f"{window:6} the lines around the cursor (new)")
