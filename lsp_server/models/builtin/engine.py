"""Guesses of the rest of a line, from what the workspace already says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lsp_server.common.snapshot import Place
from lsp_server.models.builtin.continuation import Rest, rest_of_line, votes_to_finish
from lsp_server.models.builtin.corpus import Corpus, around_cursor
from lsp_server.models.builtin.document import Context
from lsp_server.models.builtin.evidence import Line, Vector, evidence
from lsp_server.models.builtin.lexer import FIRST_WORD, is_literal, is_word
from lsp_server.models.builtin.votes import LONGEST

_CLOSERS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Guess:
    """Text as the engine would write it at the cursor, with what speaks for it.

    `whole`: up to the end of the line; else up to the end of the next word.
    """

    text: str
    whole: bool
    evidence: Vector


def guesses(corpus: Corpus, place: Place) -> list[Guess]:
    """Guess the rest of the line at `place` and, apart, its next word.

    Empty in comments and literals, without votes, and where the guess would close a bracket that
    nothing opened.
    """
    snapshot = place.snapshot
    path = str(snapshot.path or snapshot.uri)
    document = corpus.document(path, snapshot.lines, snapshot.language)
    context = document.around(place.position.line, place.line_before)
    if context.open_literal:
        return []
    texts = corpus.vocabulary.texts
    begun = _begun(place.line_before, context, texts)
    sources = [*around_cursor(context.above, context.below), *corpus.others(path)]
    written = np.concatenate([context.above.ids[-LONGEST:], context.on_line.ids])
    known = int(context.on_line.ids[-1]) if begun else -1
    votes = votes_to_finish(sources, written[:-1], texts, begun) if begun else None
    begun = begun if votes else ""
    rest = rest_of_line(sources, written[:-1] if begun else written, votes)
    tokens = context.on_line.ids[1:-1] if begun else context.on_line.ids[1:]
    wanted = {step.token for step in rest.steps} | {known}
    here = {one for one in wanted if _stands_in(one, context)}
    line = Line(place.line_before, tokens.tolist(), begun, known if begun else -1, here)
    return _guesses(rest, line, texts)


def _guesses(rest: Rest, line: Line, texts: Sequence[str]) -> list[Guess]:
    found: list[Guess] = []
    part = _first_word(rest, texts)
    for piece in (rest, part):
        if piece is not None and piece.steps and _balanced(piece, line, texts):
            numbers = evidence(piece, texts, line)
            found.append(Guess(_written(piece, line, texts), piece is rest, numbers))
    return found


def _stands_in(token: int, context: Context) -> bool:
    return bool((context.above.ids == token).any() or (context.below.ids == token).any())


def _first_word(rest: Rest, texts: Sequence[str]) -> Rest | None:
    """Return `rest` up to the end of its first word or literal, if more comes after it."""
    for number, step in enumerate(rest.steps[:-1], 1):
        if is_word(texts[step.token]) or is_literal(texts[step.token]):
            return Rest(rest.steps[:number])
    return None


def _balanced(rest: Rest, line: Line, texts: Sequence[str]) -> bool:
    """Whether each closer closes something on the line; a line may begin with closers."""
    opened: list[str] = []
    leading = True
    for token in [*line.tokens, *(step.token for step in rest.steps)]:
        text = texts[token]
        if text in {"(", "[", "{"}:
            opened.append(text)
        elif text in _CLOSERS:
            fits = bool(opened) and opened[-1] == _CLOSERS[text]
            if not fits and not leading:
                return False
            opened = opened[:-1]
        leading = leading and text in _CLOSERS
    return True


def _begun(before: str, context: Context, texts: Sequence[str]) -> str:
    """Return the word that the cursor stands at the end of, or ''."""
    if not len(context.on_line.ids[1:]) or before[-1:].isspace():
        return ""
    last = int(context.on_line.ids[-1])
    return texts[last] if last >= FIRST_WORD and is_word(texts[last]) else ""


def _written(rest: Rest, line: Line, texts: Sequence[str]) -> str:
    """Return the text of `rest` as it goes on after what stands before the cursor."""
    blank = not line.before or line.before[-1].isspace()
    parts: list[str] = []
    for number, step in enumerate(rest.steps):
        text = texts[step.token]
        if number == 0 and line.begun:
            parts.append(text[len(line.begun) :])
        else:
            spaced = step.space and not (number == 0 and blank)
            parts.append(" " * spaced + text)
    return "".join(parts)
