"""`tandem-ls pack --jsonl`: the server's own context, for programs that want to judge it."""

import argparse
import json
import logging

from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.json_lines import read_lines, write_line
from lsp_server.cli.pack_request import BadRequest, PackRequest, read_request
from lsp_server.cli.repositories import Repositories
from lsp_server.config.settings import LEAST_CONTEXT_TOKENS, MOST_CONTEXT_TOKENS
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index.process import IndexGone
from lsp_server.models.prompts.shared import render_context, render_window

_HELP = "answer requests for context, one JSON object a line"
_DESCRIPTION = f"""\
Read one JSON object a line from standard input, and answer each by one line, in order:
{{"prompt": what a model would be shown}}, or {{"error": what is wrong with the line}}.

A line holds
  root           the folder of the repository
  path           the file at hand: its path below the root; it need not exist
  text           its text, as it stands in the editor
  cursor         where the cursor is in it: the number of UTF-8 bytes before it
  budget_tokens  how long the prompt may be, from {LEAST_CONTEXT_TOKENS} to {MOST_CONTEXT_TOKENS};
                 a token is four bytes here
  open_files     the paths of what else is open in the editor; may be left out

The index of a root is built at its first line and kept. Changes on disk are noticed by themselves,
usually within a second. Input and output are UTF-8."""
_EXAMPLE = (
    "an example to paste:\n\n"
    "mkdir pack-example; echo 'def price_of(name: str) -> float: ...' > pack-example/prices.py\n"
    "tandem-ls pack --jsonl << 'END'\n"
    '{"root": "pack-example", "path": "basket.py", "text": "from prices import ", "cursor": 19, '
    '"budget_tokens": 2000}\n'
    "END\n\nand its answer:\n\n"
    r'{"prompt": "# Code from this repository\n\n## prices.py:1-1\ndef price_of(name: str) -> '
    r'float: ...\n\n# basket.py, up to the cursor\nfrom prices import "}'
)

_log = logging.getLogger(__name__)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's arguments."""
    parser = subparsers.add_parser(
        "pack",
        help=_HELP,
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--jsonl", action="store_true", required=True, help="one JSON object a line, both ways"
    )
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Answer line by line until the input ends; nothing that a line holds ends it before."""
    del arguments
    repositories = Repositories()
    try:
        async for line in read_lines():
            answer = json.dumps(await answered(repositories, line), ensure_ascii=False)
            # A file's name may hold bytes that no character stands for.
            await write_line(answer.encode("utf-8", "replace"))
    finally:
        await repositories.stop()
    return ExitCode.DONE


async def answered(repositories: Repositories, line: bytes) -> dict[str, str]:
    """Return the answer to one line, whatever is in it: a `prompt` or an `error`."""
    try:
        request = read_request(line)
        return {"prompt": await _prompt(await repositories.engine(request.root), request)}
    except BadRequest as error:
        return {"error": str(error)}
    except IndexGone as error:
        return {"error": f"{error.sentence} Send the line again."}
    except OSError as error:
        return {"error": f"The root cannot be read: {error.strerror}. Send the line again."}
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to this line
        _log.exception("A line was not answered.")
        return {"error": f"Tandem failed at this line ({type(error).__name__}), a defect of it."}


async def _prompt(engine: ContextEngine, request: PackRequest) -> str:
    """Return the prompt; raises BadRequest where not even the file's name has room."""
    packed = await engine.pack(request.place, request.budget, opened=request.opened, patience=0.0)
    if packed.tokens > request.budget:
        raise BadRequest(f'"path" is too long for a prompt of {request.budget} tokens.')
    path = engine.key_of(request.place.snapshot.path)
    return render_context(packed) + render_window(packed, path)
