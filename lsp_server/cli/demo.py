"""`tandem-ls demo [PATH]`: the real server at work on a scratch copy of real source."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.showing.scratch import Source, scratch_copy
from lsp_server.cli.showing.screen import Screen
from lsp_server.config.load import load_all
from lsp_server.storage.paths import cache_root

if TYPE_CHECKING:
    from lsp_server.cli.showing.editor import Editor
    from lsp_server.cli.showing.passages import Fault

_QUESTIONS = {
    "httpx": "How does a request travel from the client to the transport?",
    "rich": "How is a table laid out and turned into segments?",
    "pygls": "How does a message get from the wire to a feature?",
}
_NOTHING_TO_TYPE = "No function here has five to nine lines of code without a comment to type."
_NOTHING_TO_BREAK = "No line of a function was found that could be broken here and mended."


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser(
        "demo", help="show typing, fixing and asking on a scratch copy of real source"
    )
    parser.add_argument("path", nargs="?", type=Path, help="source of yours; else a package's")
    parser.add_argument("--question", help="what to ask in the third part")
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Play the three parts; ends with NOTHING if one of them had nothing to show."""
    screen = Screen()
    began = time.perf_counter()
    with scratch_copy(arguments.path) as source:
        screen.title("Tandem at work")
        screen.say(
            f"Source: a scratch copy of {source.name}, {len(source.files)} files, "
            f"{source.lines:,} lines. Nothing of yours is touched."
        )
        good = await _play(screen, source, arguments.question)
    _farewell(screen, time.perf_counter() - began)
    return ExitCode.DONE if good else ExitCode.NOTHING


async def _play(screen: Screen, source: Source, question: str | None) -> bool:
    from lsp_server.cli.showing.asking_part import show_asking
    from lsp_server.cli.showing.editor import editor_session
    from lsp_server.cli.showing.fixing_part import show_fixing
    from lsp_server.cli.showing.passages import (
        fault_of_its_own,
        fault_of_name,
        fault_of_syntax,
        passage_to_type,
        product_of,
    )
    from lsp_server.cli.showing.typing_part import show_typing, take_away

    files = product_of(source.files, source.root)
    passage = passage_to_type(files)
    typed = passage.file if passage else None
    broken = [fault_of_its_own(source.files), fault_of_syntax(files, typed)]
    misspelt = fault_of_name(files, typed)
    wanted = take_away(passage) if passage else ""
    command = (sys.executable, "-m", "lsp_server")
    good = True
    async with editor_session(command, source.root, _settings()) as (editor, seconds):
        screen.step("the server has answered its first message", seconds)
        began = time.perf_counter()
        await editor.ready()
        screen.step("it has read the source and looked for models", time.perf_counter() - began)
        screen.say(_engines(editor.status))
        screen.part(1, "Typing")
        if passage is not None:
            good &= await show_typing(editor, screen, passage, wanted)
        else:
            screen.say(_NOTHING_TO_TYPE)
        screen.part(2, "Fixing")
        good &= await _show_one_mended(editor, screen, [one for one in broken if one is not None])
        if misspelt is not None and editor.status.get("state") != "built-in":
            screen.console.print()
            good &= await show_fixing(editor, screen, misspelt)
        screen.part(3, "Asking")
        good &= await show_asking(editor, screen, question or _question(source))
    return good


def _settings() -> dict[str, dict[str, str]]:
    # A cache of its own: what is typed here is none of what `stats` tells of the user.
    user = cache_root(load_all({}, [], trusted=False).settings.cache)
    return {"cache": {"directory": str(user / "demo")}}


async def _show_one_mended(editor: "Editor", screen: Screen, faults: Sequence["Fault"]) -> bool:
    """Try one fault after the other until one is mended; returns False if none could be."""
    from lsp_server.cli.showing.fixing_part import show_fixing

    if not faults:
        screen.say(_NOTHING_TO_BREAK)
    for fault in faults:
        if await show_fixing(editor, screen, fault):
            return True
        screen.console.print()
    return not faults


def _engines(status: dict[str, str]) -> str:
    if status.get("state") == "built-in":
        return "No Ollama answers, so the built-in engine does all of it: no model is used."
    return f"Ollama answers: {status['executor']} executes, {status['planner']} plans."


def _question(source: Source) -> str:
    from lsp_server.cli.showing.passages import largest_definition, product_of

    if source.name in _QUESTIONS:
        return _QUESTIONS[source.name]
    found = largest_definition(product_of(source.files, source.root))
    return f"What does {found.name} do, and who uses it?" if found else "How does this begin?"


def _farewell(screen: Screen, seconds: float) -> None:
    screen.console.print()
    screen.console.rule(style="dim")
    screen.say(f"All of it took {seconds:.0f} s. To have this in your editor, see docs/editors.")
