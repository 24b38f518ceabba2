"""`tandem-ls explain-context FILE:LINE:COL`: what a model would be shown there, and why."""

import argparse
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

_LEAST_TOKENS = 500
_PATIENCE_SECONDS = 5.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's arguments."""
    parser = subparsers.add_parser(
        "explain-context", help="show what a model would be shown at a place, and why"
    )
    parser.add_argument("where", metavar="FILE:LINE[:COL]", help="the place")
    parser.add_argument("--tokens", type=int, help="the budget; else the setting's")
    parser.add_argument("--text", action="store_true", help="print the text of each block as well")
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Print one line a block: tokens, depth, place, reason, and whether it is new or was kept."""
    where = parse_where(arguments.where)
    place = place_at(read_snapshot(where.file), where)
    root = workspace_of(place.snapshot.path or where.file)
    settings = settings_for(root, trusted=arguments.trust)
    budget = arguments.tokens or settings.executor.context_tokens
    if budget < _LEAST_TOKENS:
        raise WrongUsage(f"{budget} tokens hold nothing.", f"Give {_LEAST_TOKENS} or more.")
    async with indexed(root, settings) as engine:
        packed = await engine.pack(place, budget, patience=_PATIENCE_SECONDS)
        again = await _kept_after_a_key(engine, place, budget)
    if arguments.json:
        print_json(_as_json(packed, budget, again))
    else:
        _print(packed, budget, again, with_text=arguments.text)
    return ExitCode.DONE if packed.log or packed.map else ExitCode.NOTHING


async def _kept_after_a_key(engine: ContextEngine, place: Place, budget: int) -> frozenset[str]:
    """Return which blocks the next request would find in the model's cache."""
    packed = await engine.pack(place, budget)
    return frozenset(_name(block) for block in packed.log)


def _name(block: Block) -> str:
    return f"{block.path}:{block.span.start.line + 1}-{block.span.end.line + 1}"


def _as_json(packed: Packed, budget: int, kept: frozenset[str]) -> dict[str, Any]:
    blocks = [
        {
            "path": block.path,
            "lines": [block.span.start.line + 1, block.span.end.line + 1],
            "depth": block.depth.name.lower(),
            "tokens": block.tokens,
            "why": block.why,
            "kept": _name(block) in kept,
        }
        for block in packed.log
    ]
    return {
        "budget": budget,
        "tokens": packed.tokens,
        "map_tokens": bytes_over_four(packed.map),
        "window_tokens": bytes_over_four(packed.above) + bytes_over_four(packed.below),
        "blocks": blocks,
    }


def _print(packed: Packed, budget: int, kept: frozenset[str], *, with_text: bool) -> None:
    console = output()
    window = bytes_over_four(packed.above) + bytes_over_four(packed.below)
    console.out(f"{packed.tokens} of {budget} tokens")
    console.out(f"{bytes_over_four(packed.map):6} repository map, the most used definitions")
    for block in packed.log:
        state = "" if _name(block) in kept else ", new at each key"
        depth = block.depth.name.lower()
        console.out(f"{block.tokens:6} {_name(block)} ({depth}): {block.why}{state}")
        if with_text:
            console.out(block.text, style="dim")
    console.out(f"{window:6} the lines around the cursor")
