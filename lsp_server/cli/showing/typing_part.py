"""The first part: the body of a function is typed key by key, and what fits is accepted."""

import statistics
from dataclasses import dataclass, field

from lsp_server.cli.showing.editor import Buffer, Editor, Ghost
from lsp_server.cli.showing.passages import Passage
from lsp_server.cli.showing.screen import Screen, shown_seconds
from lsp_server.common.text import Position, body, split_lines

_SHORTEST = 3


@dataclass(slots=True)
class Tally:
    """What typing took."""

    keys: int = 0
    accepted: int = 0
    characters: int = 0
    waits: list[float] = field(default_factory=list)


def take_away(passage: Passage) -> str:
    """Cut the passage out of its file on disk and return it: nothing may know it beforehand."""
    lines = split_lines(passage.file.read_bytes().decode("utf-8", "replace"))
    text = "".join(lines[passage.first : passage.end])
    rest = lines[: passage.first] + lines[passage.end :]
    passage.file.write_bytes("".join(rest).encode())
    return text


async def show_typing(editor: Editor, screen: Screen, passage: Passage, wanted: str) -> bool:
    """Type `wanted` where it was cut out; returns whether anything offered was accepted."""
    name = passage.file.name
    screen.say(f"The body of {passage.name} was cut out of {name} before the server started.")
    screen.say("It is typed again, key by key; green is what Tab accepted.")
    screen.console.print()
    buffer = editor.open(passage.file)
    cursor = Position(passage.first, 0)
    editor.insert(buffer, cursor, "\n")
    tally = Tally()
    for number, line in enumerate(split_lines(wanted)[: passage.end - passage.first]):
        cursor = await _type_line(editor, screen, (buffer, cursor), body(line), tally)
        if number < passage.end - passage.first - 1:
            tally.keys += 1
            cursor = editor.insert(buffer, cursor, "\n")
    _sum_up(editor, screen, tally)
    return tally.accepted > 0


async def _type_line(
    editor: Editor, screen: Screen, where: tuple[Buffer, Position], line: str, tally: Tally
) -> Position:
    """Type one line; an editor indents it by itself."""
    buffer, cursor = where
    indent = len(line) - len(line.lstrip())
    cursor = editor.insert(buffer, cursor, line[:indent])
    pieces = [(line[:indent], False)]
    while cursor.column < len(line):
        ghost = await editor.ghost(buffer, cursor)
        text, accepted = _next_piece(line[cursor.column :], ghost)
        if ghost is not None:
            tally.waits.append(ghost.seconds)
        tally.keys += 1
        tally.accepted += accepted
        tally.characters += len(text) if accepted else 0
        cursor = editor.insert(buffer, cursor, text)
        pieces.append((text, accepted))
    screen.code_line(cursor.line + 1, pieces)
    return cursor


def _next_piece(left: str, ghost: Ghost | None) -> tuple[str, bool]:
    """Return what goes in next: the offered text as far as it is right to its end, or one key."""
    offered = ghost.added.split("\n")[0].rstrip() if ghost else ""
    if len(offered) >= _SHORTEST and left.startswith(offered):
        return offered, True
    return left[0], False


def _sum_up(editor: Editor, screen: Screen, tally: Tally) -> None:
    total = tally.keys - tally.accepted + tally.characters
    share = tally.characters * 100 // max(total, 1)
    screen.outcome(
        f"{tally.characters} of {total} characters ({share} %) came with {tally.accepted} times "
        f"Tab, by {by_whom(editor.status.get('executor', ''))}.",
        good=tally.accepted > 0,
    )
    if tally.waits:
        middle = statistics.median(tally.waits)
        screen.say(
            f"  {len(tally.waits)} offers; from key to offer {shown_seconds(middle)} (median), "
            f"{shown_seconds(max(tally.waits))} at most.",
            "dim",
        )


def by_whom(engine: str) -> str:
    """Return who answered, as it reads after "by"."""
    return f"the {engine}" if engine.startswith("built-in") else engine
