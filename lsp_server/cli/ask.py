"""`tandem-ls ask QUESTION`: an answer about the code, streamed."""

import argparse
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

from lsp_server.cli.errors import WrongUsage
from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.terminal import StatusProgress, print_json, progress_line, write
from lsp_server.cli.where import parse_where, place_at, read_snapshot, workspace_of
from lsp_server.cli.working import add_common_options, features_at
from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span, body
from lsp_server.features.values import AnswerPart, PartKind, Question

_STYLES = {PartKind.TEXT: None, PartKind.NOTE: "italic", PartKind.THINKING: "dim"}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("ask", help="answer a question about the code")
    parser.add_argument("question", nargs="+", help="the question")
    parser.add_argument("--at", metavar="FILE[:LINE[:COL]]", help="where the question is about")
    parser.add_argument("--in", dest="folder", type=Path, help="the workspace; else where you are")
    parser.add_argument("--thinking", action="store_true", help="print the reasoning as well")
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Print the answer as it comes."""
    asked = " ".join(arguments.question).strip()
    if not asked:
        raise WrongUsage("The question is empty.")
    place, selection = _place(arguments.at) if arguments.at else (None, None)
    root = _root(arguments.folder, place)
    question = Question(asked, place, selection)
    snapshots = [place.snapshot] if place else []
    async with features_at(root, *snapshots, trusted=arguments.trust) as features:
        with progress_line("Reading the code") as progress:
            parts = features.ask.answer(question, progress)
            if arguments.json:
                answered = await _collect(parts, thinking=arguments.thinking)
            else:
                answered = await _stream(parts, progress, thinking=arguments.thinking)
    return ExitCode.DONE if answered else ExitCode.NOTHING


def _place(text: str) -> tuple[Place, Span | None]:
    """Return the place that `--at` names, and its line where it names one."""
    where = parse_where(text)
    place = place_at(read_snapshot(where.file), where)
    line = place.position.line
    selection = Span(Position(line, 0), Position(line, len(body(place.snapshot.lines[line]))))
    return place, selection if where.line else None


def _root(folder: Path | None, place: Place | None) -> Path:
    if folder is not None:
        if not folder.is_dir():
            raise WrongUsage(f"{folder} is not a folder.")
        return folder.resolve()
    path = place.snapshot.path if place else None
    return workspace_of(path or Path.cwd())


async def _stream(
    parts: AsyncIterator[AnswerPart], progress: StatusProgress, *, thinking: bool
) -> bool:
    answered = False
    async for part in parts:
        if part.kind is PartKind.THINKING and not thinking:
            continue
        progress.end()
        answered = answered or part.kind is not PartKind.THINKING
        write(part.text, _STYLES[part.kind])
    write("\n")
    return answered


async def _collect(parts: AsyncGenerator[AnswerPart, None], *, thinking: bool) -> bool:
    texts: dict[PartKind, list[str]] = {kind: [] for kind in PartKind}
    async for part in parts:
        texts[part.kind].append(part.text)
    answer = {"answer": "".join(texts[PartKind.TEXT]), "notes": texts[PartKind.NOTE]}
    print_json(answer | ({"thinking": "".join(texts[PartKind.THINKING])} if thinking else {}))
    return bool(texts[PartKind.TEXT])
