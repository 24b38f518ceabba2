"""The third part: a question about the code is answered."""

import time

from lsp_server.cli.showing.editor import Editor
from lsp_server.cli.showing.screen import Screen, shown_seconds
from lsp_server.cli.showing.typing_part import by_whom

_MOST_LINES = 36


async def show_asking(editor: Editor, screen: Screen, question: str) -> bool:
    """Ask and show the answer; returns whether there was one."""
    screen.say(f"“{question}”", "italic")
    screen.console.print()
    began = time.perf_counter()
    first: list[float] = []

    def heard(_text: str) -> None:
        if not first:
            first.append(time.perf_counter() - began)

    answer = await editor.ask(question, heard)
    seconds = time.perf_counter() - began
    if answer.get("thinking"):
        screen.say(f"▸ reasoning, folded ({len(answer['thinking'])} characters)", "dim")
        screen.console.print()
    screen.markdown(answer["answer"], _MOST_LINES)
    if answer.get("notes"):
        screen.say(answer["notes"], "yellow")
    good = bool(answer["answer"].strip())
    who = by_whom(editor.status.get("planner", ""))
    begun = f", first words after {shown_seconds(first[0])}" if first else ""
    screen.outcome(f"Answered by {who} in {shown_seconds(seconds)}{begun}.", good=good)
    return good
