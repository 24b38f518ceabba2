"""The definitions of the workspace as resolution walks them: types, their members, their bases."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.ranking.view import header_bases
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES, Definition
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.aliases import read_aliases
from lsp_server.context.index.resolution.modules import SCRIPT

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
# A type of more files than that, none of which this file can see, tells nothing.
_MOST_MEANINGS = 3
_VARIABLES = frozenset({"constant", "variable"})
# A name means the type itself, not one of the places where it is implemented.
_NO_MEANING = frozenset({"implementation"})
_MOST_BASES = 16
_BASE_DEPTH = 6
_SCATTERED = frozenset({"go", "rust", "c", "cpp", "csharp"})
OWN = -1


@dataclass(frozen=True, slots=True)
class Meant:
    """A definition that a name means: `number` is the one in the tables, or OWN for this file's."""

    definition: Definition
    file: int
    number: int = OWN


@dataclass(slots=True)
class Code:
    """The rows of the tables, with the current file as it stands now.

    `visible` are the files that this one can mean without doubt: imported ones and its package.
    `brought` has the definitions that it imports, by the names that it gives them. `own` is the
    number of the current file, or -1.
    """

    tables: Tables
    row: FileRow
    visible: frozenset[int]
    brought: Mapping[str, frozenset[int]]
    own: int = field(init=False)
    _numbers: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    _own_by_name: dict[str, list[int]] = field(default_factory=dict)
    _own_by_container: dict[str, list[int]] = field(default_factory=dict)
    _named: dict[tuple[str, str], list[Meant]] = field(default_factory=dict)
    _bases: dict[tuple[int, str], list[tuple[Meant, int]]] = field(default_factory=dict)
    _aliases: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self.own = self.tables.file_of.get(self.row.path, -1)

    def types(self, name: str) -> list[Meant]:
        """Return the types that `name` can mean, those that this file can see before others."""
        return self._meanings(name, "type", TYPES)

    def callables(self, name: str) -> list[Meant]:
        """Return the functions that `name` can mean on its own."""
        return [
            one
            for one in self._meanings(name, "callable", CALLABLE)
            if not one.definition.container
        ]

    def variables(self, name: str) -> list[Meant]:
        """Return the constants and variables of files that `name` can mean."""
        found = self._meanings(name, "variable", _VARIABLES)
        return [one for one in found if not one.definition.container]

    def _meanings(self, name: str, what: str, kinds: frozenset[str]) -> list[Meant]:
        if (name, what) not in self._named:
            self._named[name, what] = self._find(name, kinds)
        return self._named[name, what]

    def _find(self, name: str, kinds: frozenset[str]) -> list[Meant]:
        items = self.row.definitions
        if not self._own_by_name:
            for index, own_name in enumerate(items.names):
                self._own_by_name.setdefault(own_name, []).append(index)
        fitting = kinds - _NO_MEANING
        own = [index for index in self._own_by_name.get(name, ()) if items.kind(index) in fitting]
        if own:
            return [Meant(items[index], self.own) for index in own]
        brought = [
            one
            for one in map(self._meant, sorted(self.brought.get(name, ())))
            if one.definition.kind in fitting
        ]
        if brought:
            return brought
        if self._aliases is None:
            self._aliases = read_aliases(self.row.imports)
        name = self._aliases.get(name, name)
        tables = self.tables
        known = tables.names.get(name)
        if known is None:
            return []
        # Thousands may share a name: they become values only where they are meant.
        numbers, files = tables.named(known, kinds)
        seen: Sequence[int] = [
            number for number, file in zip(numbers, files, strict=True) if file in self.visible
        ]
        if not seen and len(set(files)) <= _MOST_MEANINGS:
            seen = numbers
        return [self._meant(number) for number in seen]

    def members(self, owner: Meant) -> list[Meant]:
        """Return what a type itself has, in whatever file of its package that stands."""
        return [*self._own_members(owner), *map(self._meant, self.member_numbers(owner))]

    def _meant(self, number: int) -> Meant:
        tables = self.tables
        return Meant(tables.definitions[number], int(tables.definition_file[number]), number)

    def _own_members(self, owner: Meant) -> list[Meant]:
        items = self.row.definitions
        return [Meant(items[index], self.own) for index in self._own_indices(owner)]

    def _own_indices(self, owner: Meant) -> Sequence[int]:
        """Return which definitions of this file are members of a type."""
        if owner.file != self.own and not self._is_held_together(owner):
            return ()
        items = self.row.definitions
        if not self._own_by_container:
            for index in range(len(items)):
                self._own_by_container.setdefault(items.container_name(index), []).append(index)
        return self._own_by_container.get(owner.definition.name, ())

    def member_numbers(self, owner: Meant) -> list[int]:
        """Return the numbers of a type's members in the tables, but for those in this file."""
        key = (owner.file, owner.definition.name)
        if key not in self._numbers:
            found: list[int] = self._others(owner).tolist()
            self._numbers[key] = found
        return self._numbers[key]

    def _others(self, owner: Meant) -> npt.NDArray[np.intp]:
        tables = self.tables
        known = tables.names.get(owner.definition.name)
        if known is None or owner.file < 0:
            return np.zeros(0, np.intp)
        numbers = tables.by_container.array_of(known)
        files = tables.definition_file[numbers]
        if not self._is_held_together(owner):
            fits = files == owner.file
        elif self._language(owner) == "rust":
            # Implementations stand where they please.
            fits = np.ones(len(files), np.bool_)
        else:
            fits = tables.file_folder[files] == tables.file_folder[owner.file]
        kept: npt.NDArray[np.intp] = numbers[fits & (files != self.own)]
        return kept

    def _is_held_together(self, owner: Meant) -> bool:
        """Whether members of a type can stand in other files than the type."""
        return self._language(owner) in _SCATTERED

    def with_bases(self, owner: Meant) -> list[tuple[Meant, int]]:
        """Return a type and what it builds on, each with how many steps away it is."""
        key = (owner.file, owner.definition.name)
        if key not in self._bases:
            self._bases[key] = self._with_bases(owner)
        return self._bases[key]

    def _with_bases(self, owner: Meant) -> list[tuple[Meant, int]]:
        found = [(owner, 0)]
        seen = {(owner.file, owner.definition.name)}
        for one, depth in found:
            if depth == _BASE_DEPTH or len(found) > _MOST_BASES:
                break
            for name in self._base_names(one):
                for base in self.types(name):
                    if (base.file, base.definition.name) not in seen:
                        seen.add((base.file, base.definition.name))
                        found.append((base, depth + 1))
        return found

    def _base_names(self, owner: Meant) -> Iterable[str]:
        item = owner.definition
        names = [word for word in header_bases(item.header, item.name) if word != item.name]
        embedded = [
            one.definition.name
            for one in (self.members(owner) if self._language(owner) == "go" else ())
            if one.definition.kind == "field"
            and one.definition.header.strip().lstrip("*").split("`")[0].split(".")[-1].strip()
            == one.definition.name
        ]
        return dict.fromkeys([*names, *embedded])

    def _language(self, owner: Meant) -> str:
        return self.tables.rows[owner.file].language if owner.file >= 0 else self.row.language

    def member(self, owner: Meant, name: str) -> Meant | None:
        """Return the member of that name, the type's own before those of its bases."""
        found = (self._member(one, name) for one, _ in self.with_bases(owner))
        return next((one for one in found if one is not None), None)

    def _member(self, owner: Meant, name: str) -> Meant | None:
        # A class may have hundreds of members: only the one that is wanted becomes a value.
        items = self.row.definitions
        for index in self._own_indices(owner):
            if items.name(index) == name:
                return Meant(items[index], self.own)
        known, names = self.tables.names.get(name), self.tables.definition_name
        numbers = self.member_numbers(owner) if known is not None else ()
        number = next((number for number in numbers if names[number] == known), None)
        return self._meant(number) if number is not None else None


_RESULT = {
    "python": re.compile(r"->\s*(.+)\Z", re.DOTALL),
    "rust": re.compile(r"->\s*(.+?)(?:\bwhere\b.*)?\Z", re.DOTALL),
    "go": re.compile(r"\)\s*([^()]*|\([^()]*\))\s*\Z", re.DOTALL),
    "php": re.compile(r"\)\s*:\s*(.+)\Z", re.DOTALL),
    "kotlin": re.compile(r"\)\s*:\s*([^=]+)", re.DOTALL),
    **dict.fromkeys(
        SCRIPT,
        re.compile(r"\)\s*:\s*(.+?)\s*(?:=>.*)?\Z", re.DOTALL),
    ),
}


def result_type(item: Definition, language: str) -> str:
    """Return the type that a function's header says it gives, as written, or an empty string."""
    header = item.header
    pattern = _RESULT.get(language)
    if pattern is not None:
        match = pattern.search(header)
        return match[1] if match else ""
    before, found, _ = header.partition(f"{item.name}(")
    return before if found else ""


def value_type(item: Definition, language: str) -> tuple[str, str]:
    """Return a field's or constant's (type as written, value as written), either may be empty."""
    _, _, rest = item.header.partition(item.name)
    if language in {"java", "csharp", "c", "cpp"}:
        before = item.header.partition(item.name)[0]
        return before, rest.partition("=")[2]
    rest, _, value = rest.partition("=")
    return rest, value


def words_of_type(text: str) -> list[str]:
    """Return the names in a type as written, in order: `dict[str, Foo]` gives dict, str and Foo."""
    return _WORD.findall(text)
