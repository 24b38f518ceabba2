"""What made a piece relevant at a place, in the user's words."""

from collections.abc import Iterable, Mapping

import numpy as np

from lsp_server.context.index.answering.render import Slice
from lsp_server.context.index.ranking.meanings import meanings_at
from lsp_server.context.index.ranking.tables import Ints, Tables
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.resolution.qualifiers import Offer
from lsp_server.context.index.resolution.receivers import Member


class Reasons:
    """The reasons of one place: what resolution found comes before what only looks alike."""

    def __init__(self, tables: Tables, view: View) -> None:
        self._tables = tables
        self._opened = frozenset(view.opened)
        self._meanings = meanings_at(view, tables)
        own = tables.file_of.get(view.row.path, -1)
        self._package = _beside(tables.file_package, own)
        self._folder = _beside(tables.file_folder, own)
        meant, offers = self._meanings, self._meanings.offers
        self._meant = frozenset().union(
            meant.near, meant.here, offers.near, offers.here, offers.unused
        )

    def why(self, piece: Slice) -> str:
        """Return the strongest reason for what is shown of a file."""
        file = self._tables.file_of[piece.path]
        numbers, meanings = piece.numbers, self._meanings
        if self._meant.isdisjoint(numbers):
            return self._of_file(file, numbers)
        return (
            _members(numbers, meanings.here, "of which a member is written")
            or _offered(numbers, meanings.offers.here, "a member of which is written")
            or _members(numbers, meanings.near, "a variable here")
            or _offered(numbers, meanings.offers.near, "which is named here")
            or _offered(numbers, meanings.offers.unused, "which is imported and not used yet")
            or self._of_file(file, numbers)
        )

    def _of_file(self, file: int, numbers: Iterable[int]) -> str:
        if not self._meanings.named.isdisjoint(numbers):
            return "named by an import of this file"
        if file in self._meanings.brought.files:
            return "imported by this file"
        if file in self._package:
            return "in the same package"
        if self._tables.rows[file].path in self._opened:
            return "open in the editor"
        if file in self._folder:
            return "in the same folder"
        return "names used here or in similar files"


def _beside(numbers: Ints, own: int) -> frozenset[int]:
    """Return the files that have the number which the current file has."""
    if own < 0 or numbers[own] < 0:
        return frozenset()
    return frozenset(np.flatnonzero(numbers == numbers[own]).tolist())


def _members(numbers: Iterable[int], members: Mapping[int, Member], what: str) -> str:
    known = [members[number] for number in numbers if number in members]
    if not known:
        return ""
    best = max(known, key=lambda member: member.weight).receiver
    return f"has members of {best.type.definition.name}, the type of `{best.expression}`, {what}"


def _offered(numbers: Iterable[int], offers: Mapping[int, Offer], what: str) -> str:
    known = [offers[number] for number in numbers if number in offers]
    if not known:
        return ""
    best = max(known, key=lambda offer: offer.weight)
    return f"part of the module `{best.module}`, {what}"
