"""The second part: code is broken, and a code action mends it with a proof."""

import time
from typing import Any

from lsp_server.cli.showing.editor import Applied, Buffer, Editor
from lsp_server.cli.showing.linting import diagnostics_of
from lsp_server.cli.showing.passages import Fault
from lsp_server.cli.showing.screen import Screen
from lsp_server.cli.showing.typing_part import by_whom
from lsp_server.common.text import Position, Span


async def show_fixing(editor: Editor, screen: Screen, fault: Fault) -> bool:
    """Break a line unless it is, choose the fix that is offered, and show what came of it."""
    buffer = editor.buffers.get(fault.file.as_uri()) or editor.open(fault.file)
    line = Span(Position(fault.line, 0), Position(fault.line, len(fault.right)))
    if fault.wrong == fault.right:
        screen.say(f"{fault.file.name} cannot be parsed as it is.")
    else:
        editor.replace(buffer, line, fault.wrong)
        screen.say(f"Line {fault.line + 1} of {fault.file.name} is broken:")
        screen.say(f"- {fault.right.strip()}", "red")
        screen.say(f"+ {fault.wrong.strip()}", "green")
    screen.console.print()
    found = diagnostics_of(buffer)
    for diagnostic in found[:3]:
        number = diagnostic["range"]["start"]["line"] + 1
        screen.step(f"{diagnostic['source']} says at line {number}: {diagnostic['message']}")
    action = await _offered(editor, screen, buffer, found)
    if action is None:
        screen.outcome("No fix was offered.", good=False)
    elif await _chosen(editor, screen, action):
        return True
    editor.replace(buffer, Span(line.start, Position(fault.line, len(fault.wrong))), fault.right)
    return False


async def _offered(
    editor: Editor, screen: Screen, buffer: Buffer, found: list[dict[str, Any]]
) -> dict[str, Any] | None:
    began = time.perf_counter()
    where = found[0]["range"]["start"] if found else {"line": 0, "character": 0}
    at = Position(where["line"], where["character"])
    actions = await editor.actions(buffer, Span(at, at), found[:1])
    if not actions:
        return None
    screen.step(f"the light bulb offers “{actions[0]['title']}”", time.perf_counter() - began)
    return actions[0]


async def _chosen(editor: Editor, screen: Screen, action: dict[str, Any]) -> bool:
    began = time.perf_counter()
    result = await editor.choose(action, screen.step)
    seconds = time.perf_counter() - began
    if not isinstance(result, Applied):
        screen.outcome(result, good=False)
        return False
    screen.step("the edit comes, and can be undone in one step:", seconds)
    screen.diff(result.before, result.after)
    screen.outcome(f"{result.label}", good=True)
    screen.say(f"  by {by_whom(editor.status.get('executor', ''))}", "dim")
    return True
