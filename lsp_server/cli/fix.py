"""`tandem-ls fix FILE[:LINE]`: a change that takes problems away, with its proof."""

import argparse
import difflib
import re
from pathlib import Path
from typing import Any

from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.terminal import print_json, progress_line, remark, write
from lsp_server.cli.where import Where, parse_where, place_at, read_snapshot, workspace_of
from lsp_server.cli.working import add_common_options, features_at
from lsp_server.cli.writing import read_before, write_after
from lsp_server.common.edits import FileEdit
from lsp_server.common.errors import TandemError
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position, Span, end_of
from lsp_server.features.fixing.proof import short
from lsp_server.features.values import EditOutcome, Proof, Refusal, Scene, TaskOutcome

_MOST_TOLD = 5


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser(
        "fix", help="show the change that fixes a file, or only what is wrong on one line"
    )
    parser.add_argument(
        "place", metavar="FILE[:LINE]", help="the file, or only one line of it; lines from 1"
    )
    parser.add_argument("--write", action="store_true", help="write the change to the disk")
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Print the change and its proof; write it where that was asked for."""
    where = parse_where(arguments.place)
    snapshot = read_snapshot(where.file)
    scene = Scene(snapshot, _span(snapshot, where))
    action = "fix" if where.line else "fix-file"
    root = workspace_of(where.file)
    async with features_at(root, snapshot, trusted=arguments.trust) as features:
        with progress_line("Looking for problems") as progress:
            outcome = await features.actions.run(action, scene, {}, progress)
    return _end(outcome, where, root, arguments)


def _span(snapshot: Snapshot, where: Where) -> Span:
    if where.line is None:
        return Span(Position(0, 0), end_of(snapshot.lines))
    place = place_at(snapshot, where)
    return Span(Position(place.position.line, 0), place.position)


def _end(outcome: TaskOutcome, where: Where, root: Path, arguments: argparse.Namespace) -> int:
    if isinstance(outcome, Refusal):
        _show_refusal(outcome, where.file, as_json=arguments.json)
        return ExitCode.NOTHING
    if not isinstance(outcome, EditOutcome):
        raise TandemError("The fix ended in a question.", "This is a defect of Tandem.")
    texts = [(edit, *read_before(edit)) for edit in outcome.files]
    diff = "".join(_diff(edit, before, after, root) for edit, before, after in texts)
    _show(outcome, diff, arguments)
    if arguments.write:
        for edit, before, after in texts:
            write_after(edit, before, after)
    return ExitCode.DONE


def _show_refusal(refusal: Refusal, file: Path, *, as_json: bool) -> None:
    found = refusal.problems
    if as_json:
        told = {"diff": None, "reason": refusal.sentence, "advice": refusal.advice}
        print_json(told | {"problems": [*map(_as_json, found)]})
        return
    for problem in found[:_MOST_TOLD]:
        remark(f"{file}:{problem.span.start.line + 1}: {short(problem)}")
    if len(found) > _MOST_TOLD:
        remark(f"… {len(found) - _MOST_TOLD} more; --json tells all of them.")
    remark(f"{refusal.sentence} {refusal.advice}".strip())


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.span.start.line + 1,
        "column": problem.span.start.column + 1,
        "message": problem.message,
        "check": problem.check,
        "rule": problem.rule,
        "severity": problem.severity.value,
    }


def _show(outcome: EditOutcome, diff: str, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json({"diff": diff, "proof": _proof(outcome.proof), "written": arguments.write})
        return
    for line in _lines(diff):
        write(line, style=_colour(line))
    remark(outcome.proof.sentence)
    if not arguments.write:
        remark("Nothing was written; --write writes the change.")


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "verdict": proof.verdict.value,
        "checks": list(proof.checks),
        "before": proof.before,
        "after": proof.after,
        "hidden": proof.hidden,
        "rounds": proof.rounds,
        "engine": proof.engine,
        "sentence": proof.sentence,
    }


def _diff(edit: FileEdit, before: str, after: str, root: Path) -> str:
    path = edit.path.relative_to(root) if edit.path.is_relative_to(root) else edit.path
    lines = difflib.unified_diff(
        _lines(before),
        _lines(after),
        f"a/{path.as_posix()}",
        f"b/{path.as_posix()}",
    )
    ended = (x if x.endswith("\n") else f"{x}\n\\ No newline at end of file\n" for x in lines)
    return "".join(ended)


def _lines(text: str) -> list[str]:
    """Return lines as patch and git count them: a form feed or a lone return ends none."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _colour(line: str) -> str | None:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return "bold" if line.startswith(("+++", "---")) else colours.get(line[:1])
