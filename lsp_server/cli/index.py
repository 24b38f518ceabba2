"""`tandem-ls index [FOLDER]`: read a workspace, and show or draw what is in it."""

import argparse
from pathlib import Path
from typing import Any

from lsp_server.cli.errors import WrongUsage
from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.indexing import indexed
from lsp_server.cli.terminal import output, print_json, remark
from lsp_server.cli.where import workspace_of
from lsp_server.cli.working import add_common_options, settings_for
from lsp_server.context.drawing import Drawn, map_as_json, map_as_mermaid, map_as_text
from lsp_server.context.index.messages import Status, Survey
from lsp_server.context.tokens import bytes_over_four

_FORMATS = ("text", "mermaid")
_TOKENS = 4000


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's arguments."""
    parser = subparsers.add_parser("index", help="read a workspace, and show or draw its modules")
    parser.add_argument("folder", nargs="?", type=Path, help="the workspace; else where you are")
    parser.add_argument("--map", action="store_true", help="print the map of its modules")
    parser.add_argument("--as", dest="form", choices=_FORMATS, help="what the map is; else text")
    parser.add_argument(
        "--tokens",
        type=int,
        help=f"how long a map as text may be; else {_TOKENS}, 0 for all of it",
    )
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Index the workspace and print what was found."""
    _check(arguments)
    folder = arguments.folder or Path.cwd()
    if not folder.is_dir():
        raise WrongUsage(f"{folder} is not a folder.")
    root = folder.resolve() if arguments.folder else workspace_of(folder)
    settings = settings_for(root, trusted=arguments.trust)
    async with indexed(root, settings) as engine:
        status = engine.status
        survey = await engine.survey() if arguments.map or arguments.json else None
    if arguments.json:
        print_json(
            {"root": str(root), **_counts(status), **(map_as_json(survey) if survey else {})}
        )
    elif survey is not None:
        tokens = _TOKENS if arguments.tokens is None else arguments.tokens
        drawn = _drawn(survey, arguments.form, tokens)
        output().out(drawn.text, end="")
        if drawn.extent:
            remark(f"The map shows {drawn.extent}. --json has everything.")
    else:
        output().out(f"{root}: {status.done} files, {status.definitions} definitions")
    return ExitCode.DONE if status.done else ExitCode.NOTHING


def _check(arguments: argparse.Namespace) -> None:
    """Raise WrongUsage for arguments that would say nothing."""
    says_how = arguments.form is not None or arguments.tokens is not None
    if says_how and arguments.json:
        raise WrongUsage("JSON holds the whole map. Leave out --json, or --as and --tokens.")
    if says_how and not arguments.map:
        raise WrongUsage("--as and --tokens say how the map is shown. Add --map.")
    if arguments.form == "mermaid" and arguments.tokens is not None:
        raise WrongUsage("--tokens is for a map as text. Leave it out, or --as mermaid.")
    if arguments.tokens is not None and arguments.tokens < 0:
        raise WrongUsage("--tokens must be 0, for all of the map, or more.")


def _counts(status: Status) -> dict[str, Any]:
    return {"files": status.done, "definitions": status.definitions}


def _drawn(survey: Survey, form: str | None, tokens: int) -> Drawn:
    if form == "mermaid":
        return map_as_mermaid(survey)
    return map_as_text(survey, tokens or None, bytes_over_four)
