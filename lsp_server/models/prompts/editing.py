"""The tail of a prompt that asks for a change of code, and what follows it in later rounds."""

from collections.abc import Sequence
from dataclasses import dataclass

_BLOCKS = """
<<<<<<< SEARCH
lines as they are
=======
lines as they shall be
>>>>>>> REPLACE
Each first part is copied from the file letter by letter, and stands there once. Change nothing
that the task does not need.
"""
_WHOLE_OR_BLOCKS = f"""
# How to answer
Answer with the whole piece as it shall be, every line of it, in one block fenced by {{fence}}.
If only other lines of the file must change, or an import is missing, answer instead with one or
more blocks of this form:{_BLOCKS}"""
_BLOCKS_ONLY = f"""
# How to answer
Answer with one block or more of this form for the lines that change:{_BLOCKS}"""
# A longer piece costs more time to write again than it costs to find the lines in it.
_LONG_PIECE = 150


@dataclass(frozen=True, slots=True)
class Piece:
    """The code to change, with what stands around it in its file; `first` counts from one."""

    path: str
    language: str
    first: int
    above: str
    text: str
    below: str
    fence: str


def edit_tail(goal: str, piece: Piece) -> str:
    """Return the tail that asks to change `piece` so that `goal` is reached."""
    is_long = piece.text.count("\n") > _LONG_PIECE
    form = _BLOCKS_ONLY if is_long else _WHOLE_OR_BLOCKS.format(fence=piece.fence)
    return (
        f"\n# Task\n{goal}\n{_around(piece)}\n"
        f"# The piece to change: {piece.path}, from line {piece.first}\n"
        f"{_fenced(piece.text, piece)}{form}"
    )


def next_round(tail: str, answer: str, complaint: str) -> str:
    """Return `tail` with an answer that did not do, and why; what was there stays as it is."""
    return (
        f"{tail}\n# Your answer\n{_closed(answer)}\n# What is wrong with it\n{_closed(complaint)}"
        "\nAnswer again, in full and in the same form. The file is as it was before your answer.\n"
    )


def problem_line(line: int, message: str, source: str, code: Sequence[str] = ()) -> str:
    """Return one problem as the model reads it: line from one, message, source, code around."""
    shown = "".join(f"\n    {text}" for text in code)
    return f"- line {line}: {message}{f' ({source})' if source else ''}{shown}"


def _around(piece: Piece) -> str:
    parts = [("above", piece.above), ("below", piece.below)]
    return "".join(
        f"\n# {piece.path}, {where} the piece\n{_fenced(text, piece)}"
        for where, text in parts
        if text.strip()
    )


def _fenced(text: str, piece: Piece) -> str:
    return f"{piece.fence}{piece.language}\n{_closed(text)}{piece.fence}\n"


def _closed(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
