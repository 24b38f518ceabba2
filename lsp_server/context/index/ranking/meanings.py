"""What resolution says of a place, by the numbers of the tables, computed once for each place."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lsp_server.context.index.ranking.tables import Ints, Tables
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.resolution.code import Code
from lsp_server.context.index.resolution.imported import Brought, brought_by
from lsp_server.context.index.resolution.qualifiers import Offer, Offers, offers_at
from lsp_server.context.index.resolution.receivers import Member, members_of, receivers_at
from lsp_server.context.index.resolution.unused import unused_names


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the code at a place means, by definition.

    `named` are definitions that an import names. `near` holds members of the types of variables,
    `here` those of the expression whose member is being written, `guessed` members of types that
    variables are named after. `offers` is what the modules named here have. `unused` are
    definitions that an import names and nothing else in the file.
    """

    brought: Brought
    named: frozenset[int]
    near: Mapping[int, Member]
    here: Mapping[int, Member]
    guessed: Mapping[int, Member]
    offers: Offers
    unused: frozenset[int]

    def weighed(self) -> tuple[Mapping[int, float], ...]:
        """Return how likely each definition is meant, in the order of the features for it."""
        sources: tuple[Mapping[int, Member | Offer], ...] = (
            *(self.near, self.here, self.guessed),
            *(self.offers.near, self.offers.here),
        )
        unused = dict.fromkeys((*self.offers.unused, *self.unused), 1.0)
        weighed = ({number: one.weight for number, one in source.items()} for source in sources)
        return (*weighed, unused)


def meanings_at(view: View, tables: Tables) -> Meanings:
    """Return what resolution says of the place; asked again for the same view it is at hand."""
    kept = view.kept.get("meanings")
    if isinstance(kept, Meanings):
        return kept
    brought = brought_by(view.row, tables)
    visible = brought.files | _package(view, tables)
    code = Code(tables, view.row, visible, brought.by_name)
    receivers = receivers_at(code, view.text, view.cursor)
    near, here = members_of(code, receivers.near), members_of(code, receivers.here)
    guessed = members_of(code, receivers.guessed)
    offers = offers_at(tables, view.row, view.text, view.cursor)
    unused = tables.once(
        ("unused", view.row.path, view.row.digest),
        lambda: unused_names(view.row, view.text, brought.by_name),
    )
    found = Meanings(brought, brought.definitions, near, here, guessed, offers, unused)
    view.kept["meanings"] = found
    return found


def _package(view: View, tables: Tables) -> frozenset[int]:
    own = tables.file_of.get(view.row.path, -1)
    if own < 0 or tables.file_package[own] < 0:
        return frozenset()
    beside = np.flatnonzero(tables.file_package == tables.file_package[own])
    return frozenset(beside.tolist())


def imported_files(view: View, tables: Tables) -> Ints:
    """Return the files that the current text imports, and those that define what it names."""
    return np.array(sorted(meanings_at(view, tables).brought.files), np.int32)
