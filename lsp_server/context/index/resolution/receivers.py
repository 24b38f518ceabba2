"""The types of receivers at a place, by annotation, constructor call, assignment or class."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp

from lsp_server.context.index.reading.definitions import CALLABLE, TYPES
from lsp_server.context.index.resolution.bindings import Binding, Scope, read_scope
from lsp_server.context.index.resolution.chains import (
    Link,
    cast_type,
    chains_near,
    read_chain,
    receiver_before,
    returned_by,
)
from lsp_server.context.index.resolution.code import (
    Code,
    Meant,
    result_type,
    value_type,
    words_of_type,
)
from lsp_server.context.index.resolution.modules import SCRIPT

_REACH = 600
_MOST_RECEIVERS = 16
_MOST_CHAINS = 12
_MOST_STEPS = 6
_MOST_TYPES = 6
# A file of tests binds one name hundreds of times, and the nearest say what it holds.
_MOST_BINDINGS = 6
_MOST_LOOKUPS = 400
"""Expressions looked at for one place: where names of one letter are bound to each other a hundred
times, as in minified files, each step would multiply them."""

_BASE_SHARE = 0.85
# What a class builds on, as its own code calls it. In Ruby `super` is a call of the same method.
_ABOVE = {
    **dict.fromkeys(("python", "java", "kotlin", *SCRIPT), "super"),
    "csharp": "base",
    "php": "parent",
}
_CALLED_WITHOUT_BRACKETS = frozenset({"ruby"})


@dataclass(frozen=True, slots=True)
class Receiver:
    """A type whose members the code here can ask for, by which expression, and how likely."""

    type: Meant
    expression: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Receivers:
    """The receivers of a place.

    `near` weighs them by how close the variable stands, from 0 to 1; `here` are the types of the
    expression whose member is being written. `guessed` are types that variables of unknown type are
    named after, `session` after Session, weighed like `near`.
    """

    near: Sequence[Receiver]
    here: Sequence[Receiver]
    guessed: Sequence[Receiver] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A member that code at a place can ask for: how likely, and of which receiver."""

    weight: float
    receiver: Receiver


def receivers_at(code: Code, text: str, cursor: int) -> Receivers:
    """Return the types of the variables around `cursor`, the nearest first."""
    scope = read_scope(code.row, text, cursor)
    resolver = _Resolver(code, scope)
    near = _Weighed()
    nearest = sorted(scope.nearest.items(), key=lambda item: item[1])
    for name, distance in nearest[:_MOST_RECEIVERS]:
        for chain in _chains(name, scope):
            near.add(resolver.types_of(chain), chain, distance)
    guessed = _Weighed()
    chain = receiver_before(text, cursor)
    here = resolver.types_of(chain)
    for longer, distance in [(chain, 0), *chains_near(text, cursor)[:_MOST_CHAINS]]:
        types = resolver.types_of(longer)
        near.add(types, longer, distance)
        if not types and longer:
            guessed.add(_named_after(code, longer[-1].name), longer, distance)
    written = _expression(chain)
    return Receivers(near.all(), [Receiver(one, written) for one in here], guessed.all())


class _Weighed:
    """Receivers, each type once: as near as it was found first."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], Receiver] = {}

    def add(self, types: Sequence[Meant], chain: Sequence[Link], distance: int) -> None:
        for one in types:
            key, weight = (one.file, one.definition.name), exp(-distance / _REACH)
            if key not in self._found or self._found[key].weight < weight:
                self._found[key] = Receiver(one, _expression(chain), weight)

    def all(self) -> list[Receiver]:
        return list(self._found.values())


def _expression(chain: Sequence[Link]) -> str:
    return ".".join(link.name for link in chain)


def _named_after(code: Code, name: str) -> list[Meant]:
    """Return the types after which a variable is named: `orm_session` after Session."""
    words = [word for word in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])", name) if word]
    for first in range(len(words)):
        types = code.types("".join(word[:1].upper() + word[1:] for word in words[first:]))
        if types:
            return types
    return []


def _chains(name: str, scope: Scope) -> list[tuple[Link, ...]]:
    chains: list[tuple[Link, ...]] = [(Link(name, called=False),)]
    if f"self.{name}" in scope.bindings:
        chains.append((Link("self", called=False), Link(name, called=False)))
    return chains


def members_of(code: Code, receivers: Sequence[Receiver]) -> dict[int, Member]:
    """Return the definitions in the tables that are members of `receivers`, bases counting less."""
    found: dict[int, Member] = {}
    for receiver in receivers:
        for base, depth in code.with_bases(receiver.type):
            weight = receiver.weight * _BASE_SHARE**depth
            member = Member(weight, receiver)
            for number in code.member_numbers(base):
                known = found.get(number)
                if known is None or known.weight < weight:
                    found[number] = member
    return found


@dataclass(slots=True)
class _Resolver:
    code: Code
    scope: Scope
    _busy: set[str] = field(default_factory=set)
    _left: int = _MOST_LOOKUPS
    _found: dict[tuple[Link, ...], list[Meant]] = field(default_factory=dict)

    def types_of(self, chain: tuple[Link, ...]) -> list[Meant]:
        """Return the types that a chain's value can have; an empty list if nothing says so."""
        found = self._found.get(chain)
        if found is None:
            found = self._types_of(chain)
            # In the middle of a variable's bindings that one is left out, here and now only.
            if not self._busy:
                self._found[chain] = found
        return found

    def _types_of(self, chain: tuple[Link, ...]) -> list[Meant]:
        self._left -= 1
        if not chain or len(self._busy) > _MOST_STEPS or self._left < 0:
            return []
        types = self._first(chain[0])
        rest = chain[1:]
        if not types and rest and chain[0].name not in self.scope.bindings:
            # A package's or module's name before what it offers.
            types, rest = self._first(rest[0]), rest[1:]
        for link in rest:
            types = [found for one in types for found in self._member(one, link)][:_MOST_TYPES]
        return types[:_MOST_TYPES]

    def _first(self, link: Link) -> list[Meant]:
        scope = self.scope
        if scope.is_self(link.name):
            return self.code.types(scope.enclosing) if scope.enclosing else []
        # `@basket` in Ruby is a field of the object.
        name = f"self.{link.name[1:]}" if link.name.startswith("@") else link.name
        if name in scope.bindings and not link.called:
            return self._bound(name)
        if link.name == _ABOVE.get(self.code.row.language):
            return self._above()
        types = self.code.types(link.name)
        if types:
            return types
        variables = self.code.variables(link.name)
        if link.called:
            found = self._results(self.code.callables(link.name), [])
            return found or self._returned(variables, [])
        return self._held(variables, [])

    def _above(self) -> list[Meant]:
        """Return what the class around the place builds on."""
        own = self.code.types(self.scope.enclosing) if self.scope.enclosing else []
        bases = (base for one in own for base in self.code.with_bases(one))
        return [base for base, depth in bases if depth == 1]

    def _bound(self, name: str) -> list[Meant]:
        if name in self._busy:
            return []
        self._busy.add(name)
        try:
            for binding in self.scope.bindings[name][:_MOST_BINDINGS]:
                types = self._binding(binding)
                if types:
                    return types
        finally:
            self._busy.discard(name)
        return []

    def _binding(self, binding: Binding) -> list[Meant]:
        written = binding.type or cast_type(binding.value)
        return self._written(written, []) or self.types_of(read_chain(binding.value))

    def _member(self, owner: Meant, link: Link) -> list[Meant]:
        key = f"self.{link.name}"
        if owner.definition.name == self.scope.enclosing and key in self.scope.bindings:
            types = self._bound(key)
            if types:
                return types
        member = self.code.member(owner, link.name)
        if member is None:
            # `Foo::new()`, `Foo.create()`: what is not known to give something else gives a Foo.
            # `Vec<Foo>` is read as Foo, so that what hands on what it holds gives a Foo, too.
            called = link.called or self.code.row.language in _CALLED_WITHOUT_BRACKETS
            return [owner] if called and link.name in _MAKERS | _HANDING_ON else []
        if member.definition.kind in TYPES:
            return [member]
        if member.definition.kind in CALLABLE:
            return self._results([member], [owner])
        returned = self._returned([member], [owner]) if link.called else []
        return returned or self._held([member], [owner])

    def _results(self, found: Sequence[Meant], owner: Sequence[Meant]) -> list[Meant]:
        types = []
        for one in found:
            written = result_type(one.definition, self._language(one))
            types += self._written(written, owner)
        return types

    def _returned(self, found: Sequence[Meant], owner: Sequence[Meant]) -> list[Meant]:
        """Return the types of what functions give that constants hold, `const f = (): Foo => x`."""
        types: list[Meant] = []
        for one in found:
            if self._language(one) in SCRIPT:
                written, value = returned_by(value_type(one.definition, self._language(one))[1])
                types += self._written(written, owner) or self._valued(one, value)
        return types

    def _held(self, found: Sequence[Meant], owner: Sequence[Meant]) -> list[Meant]:
        types = []
        for one in found:
            written, value = value_type(one.definition, self._language(one))
            types += self._written(written, owner)
            if not types:
                types += self._valued(one, value)
        return types

    def _valued(self, one: Meant, value: str) -> list[Meant]:
        """Return the types of an expression that stands in a definition."""
        key = f"{one.file} {one.definition.qualified}"
        if not value or key in self._busy:
            return []
        self._busy.add(key)
        types = self.types_of(read_chain(value))
        self._busy.discard(key)
        return types

    def _written(self, text: str, owner: Sequence[Meant]) -> list[Meant]:
        types: list[Meant] = []
        for word in words_of_type(text):
            if word in {"Self", "self", "this"}:
                types += owner or self.code.types(self.scope.enclosing)
            else:
                types += self.code.types(word)
        return types

    def _language(self, one: Meant) -> str:
        return self.code.tables.rows[one.file].language if one.file >= 0 else self.code.row.language


_HANDING_ON = frozenset(
    """
    iter iter_mut into_iter unwrap expect unwrap_or_default as_ref as_mut clone borrow borrow_mut
    lock get values first last pop copy stream orElse orElseThrow at shift
    """.split()
)
_MAKERS = frozenset({"new", "default", "create", "builder", "of", "from", "build", "open", "parse"})
