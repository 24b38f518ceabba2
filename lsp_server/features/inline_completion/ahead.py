"""The place where the user will be if he accepts, and what else could be offered here."""

from collections.abc import Sequence

from lsp_server.common.edits import TextEdit, apply_edits
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, split_lines
from lsp_server.features.inline_completion.seams import Syntax
from lsp_server.features.values import Suggestion


def after_accepting(place: Place, suggestion: Suggestion) -> Place:
    """Return the place behind the accepted suggestion, in the document as it will be."""
    old = place.snapshot
    text = apply_edits(old.lines, [TextEdit(suggestion.span, suggestion.text)])
    snapshot = Snapshot(old.uri, split_lines(text), old.language, None, old.path)
    first, *rest = suggestion.text.split("\n")
    start = suggestion.span.start
    column = len(rest[-1]) if rest else start.column + len(first)
    return Place(snapshot, Position(start.line + len(rest), column))


def best_first(place: Place, suggestions: Sequence[Suggestion], syntax: Syntax) -> list[Suggestion]:
    """Return the different ones, those that leave fewer syntax errors first, else as they came."""
    different = {suggestion.text: suggestion for suggestion in reversed(suggestions)}
    ordered = [one for one in suggestions if different[one.text] is one]

    def errors(suggestion: Suggestion) -> int:
        text = after_accepting(place, suggestion).snapshot.text
        return len(syntax.faults(text, place.snapshot.language))

    return sorted(ordered, key=errors)
