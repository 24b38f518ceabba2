"""`tandem-ls complete FILE:LINE:COL`: the text that an editor would offer there."""

import argparse
from typing import Any

from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.terminal import print_json, progress_line, remark, write
from lsp_server.cli.where import parse_line, place_at, read_snapshot, workspace_of
from lsp_server.cli.working import add_common_options, features_at
from lsp_server.common.snapshot import Place
from lsp_server.features.values import Suggestion


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser(
        "complete", help="print the text that would be offered at a place"
    )
    parser.add_argument("place", metavar="FILE:LINE:COL", help="where; lines and columns from 1")
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Print the text that follows the place, or say that nothing is offered."""
    where = parse_line(arguments.place)
    snapshot = read_snapshot(where.file)
    place = place_at(snapshot, where)
    root = workspace_of(where.file)
    async with features_at(root, snapshot, trusted=arguments.trust) as features:
        with progress_line("Looking for what comes next"):
            suggestion = await features.inline_completion.suggest(place, invoked=True)
    if arguments.json:
        print_json(_as_json(suggestion, place))
    elif suggestion is None:
        remark("Nothing is offered here.")
    else:
        write(_added(suggestion, place) + "\n")
        remark(f"Offered by the {suggestion.engine}.")
    return ExitCode.NOTHING if suggestion is None else ExitCode.DONE


def _added(suggestion: Suggestion, place: Place) -> str:
    """Return the part of the text that does not stand before the cursor already."""
    return suggestion.text[place.position.column - suggestion.span.start.column :]


def _as_json(suggestion: Suggestion | None, place: Place) -> dict[str, Any]:
    if suggestion is None:
        return {"text": None}
    span = suggestion.span
    return {
        "text": _added(suggestion, place),
        "replaces": {
            "line": span.start.line + 1,
            "from": span.start.column + 1,
            "to": span.end.column + 1,
            "by": suggestion.text,
        },
        "engine": suggestion.engine,
    }
