"""The executable `tandem-ls`: a server on standard input and output, or one command."""

import argparse
import asyncio
import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lsp_server import __version__
from lsp_server.cli.exit_codes import ExitCode
from lsp_server.common.errors import TandemError
from lsp_server.common.log import LEVELS, set_up_logging

if TYPE_CHECKING:
    from types import ModuleType

# One module of this package each. A module has `add_parser(subparsers)`, which sets `run`,
# an `async run(arguments) -> int`.
COMMANDS = (
    "demo",
    "ask",
    "complete",
    "fix",
    "doctor",
    "stats",
    "index",
    "explain_context",
    "pack",
)

_log = logging.getLogger(__name__)

_EPILOG = """\
Without a command, tandem-ls serves an editor on standard input and output.

exit codes: 0 done, 1 nothing to offer, 2 wrong usage, 3 failed, 130 interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; serving an editor never returns."""
    try:
        return _obey(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _obey(words: list[str]) -> int:
    # Without commands their modules are not imported: an editor is waiting.
    serving, left = _parser(()).parse_known_args(words)
    if not left:
        _serve(serving)
    arguments = _parser([_command(name) for name in COMMANDS]).parse_args(words)
    _start_logging(arguments)
    return _run(arguments)


def _command(name: str) -> "ModuleType":
    return importlib.import_module(f"lsp_server.cli.{name}")


def _parser(commands: Sequence["ModuleType"]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tandem-ls",
        description="A language server that puts two local models to work in any editor.",
        epilog=_EPILOG,
        add_help=bool(commands),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tandem-ls {__version__}")
    parser.add_argument("--stdio", action="store_true", help="serve on standard input and output")
    # Editors pass it on; the process is watched by the id that `initialize` tells.
    parser.add_argument("--clientProcessId", help=argparse.SUPPRESS)
    _add_log_options(parser, level="warning", file=None)
    if commands:
        adder = parser.add_subparsers(title="commands", metavar="COMMAND")
        for command in commands:
            command.add_parser(adder)
        for one in adder.choices.values():
            # What stands before the command counts unless it is said again behind it.
            _add_log_options(one, level=argparse.SUPPRESS, file=argparse.SUPPRESS)
    return parser


def _add_log_options(parser: argparse.ArgumentParser, *, level: str, file: str | None) -> None:
    parser.add_argument("--log-level", choices=LEVELS, default=level, help="what is logged")
    parser.add_argument(
        "--log-file", type=Path, default=file, help="log there, not to standard error"
    )


def _start_logging(arguments: argparse.Namespace) -> None:
    try:
        set_up_logging(arguments.log_level, arguments.log_file)
    except OSError as error:
        sys.exit(f"tandem-ls: {arguments.log_file} cannot be written: {error.strerror}.")


def _serve(arguments: argparse.Namespace) -> NoReturn:
    _start_logging(arguments)
    from lsp_server.cli.serve import serve_editor

    if sys.stdin.isatty():
        print(  # noqa: T201 - for a person who typed the command and would only see it wait
            "tandem-ls waits for an editor on standard input; see tandem-ls --help for commands.",
            file=sys.stderr,
        )
    serve_editor()


def _run(arguments: argparse.Namespace) -> int:
    try:
        return int(asyncio.run(arguments.run(arguments)))
    except TandemError as error:
        _log.debug("The command failed.", exc_info=True)
        print(f"tandem-ls: {error}", file=sys.stderr)  # noqa: T201 - the command's own message
        return ExitCode.USAGE if _is_usage(error) else ExitCode.FAILED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; closing avoids Python's own complaint.
        sys.stderr.close()
        return ExitCode.DONE


def _is_usage(error: TandemError) -> bool:
    from lsp_server.cli.errors import WrongUsage

    return isinstance(error, WrongUsage)
