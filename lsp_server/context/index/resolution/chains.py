"""Expressions such as `a.b().c` and `Foo::new(x)?` read as chains of names."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z_$@][\w$]*")
# `\\Shop\\Basket` in PHP is a Basket.
_LEADING = re.compile(
    r"(?:\s|[&*(!-]|\\|[A-Za-z_]\w*\\|(?:await|new|yield|mut|ref|return|try|throw|typeof)\b)+"
)
_LINK = re.compile(r"\s*(?:\?\.|!\.|\?->|->|::|[.]|\?)\s*")
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_LONGEST = 400
_MOST_LINKS = 6


@dataclass(frozen=True, slots=True)
class Link:
    """One name of a chain, and whether it is called or filled in braces."""

    name: str
    called: bool


def read_chain(text: str) -> tuple[Link, ...]:
    """Return the chain with which `text` begins; an empty tuple if it begins with none."""
    text = text[:_LONGEST]
    leading = _LEADING.match(text)
    at = leading.end() if leading else 0
    links: list[Link] = []
    while len(links) < _MOST_LINKS and (match := _NAME.match(text, at)):
        at, called = _past_brackets(text, match.end())
        links.append(Link(match.group(), called))
        joint = _LINK.match(text, at)
        while joint is not None and joint.group().strip() == "?":
            at = joint.end()
            joint = _LINK.match(text, at)
        if joint is None:
            break
        at = joint.end()
        if text[at : at + 1] == "<":
            at, _ = _past_brackets(text, at)
            links[-1] = Link(links[-1].name, called=text[at - 1 : at] == ")")
            joint = _LINK.match(text, at)
            at = joint.end() if joint is not None else at
    return tuple(links)


def _past_brackets(text: str, at: int) -> tuple[int, bool]:
    called = False
    while text[at : at + 1] in _CLOSING:
        end = _matching(text, at)
        if end < 0 or (text[at] == "<" and "\n" in text[at:end]):
            break
        called = called or text[at] == "("
        at = end
    brace = re.match(r"\s*\{", text[at:])
    if brace and not called:
        called = True
    return at, called


def _matching(text: str, at: int) -> int:
    """Return the offset behind the bracket that closes the one at `at`, or -1."""
    opening, closing = text[at], _CLOSING[text[at]]
    depth = 0
    for offset in range(at, len(text)):
        if text[offset] == opening:
            depth += 1
        elif text[offset] == closing and not _is_arrow(text, offset):
            depth -= 1
            if not depth:
                return offset + 1
    return -1


_FUNCTION = re.compile(r"\s*(?:async\b\s*)?(?:function\b\s*[\w$]*\s*)?(?=\(|[\w$]+\s*=>)")
_RESULT = re.compile(
    r"\s*(?::\s*(?P<type>[^={]+?))?\s*(?:=>\s*(?P<value>[^{].*))?(?:=>|\{|\Z)", re.DOTALL
)


def returned_by(value: str) -> tuple[str, str]:
    """Return a script function's (result type as written, expression that it gives).

    Either may be empty; both are for what is no function.
    """
    value = value[:_LONGEST]
    begin = _FUNCTION.match(value)
    if begin is None:
        return "", ""
    at = begin.end()
    end = _matching(value, at) if value[at] == "(" else value.index("=>", at)
    found = _RESULT.match(value, end) if end >= 0 else None
    return ((found["type"] or "").strip(), found["value"] or "") if found else ("", "")


def receiver_before(text: str, cursor: int) -> tuple[Link, ...]:
    """Return the chain whose member is being written at `cursor`: `a.b` for `a.b.na|`.

    An empty tuple where no member is being written.
    """
    text = text[max(0, cursor - _LONGEST) : cursor]
    at = len(text)
    while at and (text[at - 1].isalnum() or text[at - 1] in "_$"):
        at -= 1
    joint = re.search(r"(?:\?\.|!\.|\?->|->|::|\.)\s*\Z", text[:at])
    if joint is None:
        return ()
    end = joint.start()
    return read_chain(text[_begin(text, end) : end])


# `(Foo) x` in Java and C#, `cast(Foo, x)` in Python, `x.(*Foo)` in Go, `x as Foo`.
_CASTS = tuple(
    map(
        re.compile,
        (
            r"\A\(\s*([A-Z][\w.<>\[\], ]*)\)\s*[\w(]",
            r"\A(?:\w+\.)?cast\(\s*[\"']?([A-Za-z_][\w.\[\], ]*)[\"']?,",
            r"\.\(\s*\*?([A-Za-z_][\w.]*)\s*\)\s*\Z",
            r"\bas\s+(?!const\b)([A-Za-z_$][\w.$<>\[\], |&]*)\Z",
        ),
    )
)


def cast_type(value: str) -> str:
    """Return the type as which an expression says that it is read; an empty string for none."""
    value = value[:_LONGEST].strip()
    return next((found[1] for cast in _CASTS if (found := cast.search(value))), "")


_NEAR = 1500
_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\?\.|!\.|->|::|\.)[A-Za-z_$][\w$]*)+")
_JOINT = re.compile(r"\?\.|!\.|->|::|\.")


def chains_near(text: str, cursor: int) -> list[tuple[tuple[Link, ...], int]]:
    """Return the chains around `cursor` and what each begins with, with their distances.

    `a.b.c` stands for `a`, `a.b` and `a.b.c`; the nearest come first and each comes once.
    """
    found: dict[tuple[str, ...], int] = {}
    start = max(0, cursor - _NEAR)
    for match in _DOTTED.finditer(text, start, cursor + _NEAR // 2):
        names = _JOINT.split(match.group())[:_MOST_LINKS]
        distance = abs(match.start() - cursor)
        for length in range(1, len(names) + 1):
            part = tuple(names[:length])
            found[part] = min(distance, found.get(part, distance))
    nearest = sorted(found.items(), key=lambda item: item[1])
    return [(tuple(Link(name, called=False) for name in part), at) for part, at in nearest]


def _begin(text: str, end: int) -> int:
    """Return where the chain begins that ends at `end`."""
    at = end
    while at:
        if text[max(0, at - 2) : at] == "->":
            at -= 2
        elif text[at - 1] in _OPENING and (begin := _opening(text, at - 1)) >= 0:
            at = begin
        elif text[at - 1].isalnum() or text[at - 1] in "_$@?!":
            at -= 1
        elif text[at - 1] in ".:":
            at -= 2 if text[max(0, at - 2) : at] == "::" else 1
        else:
            break
    return at


def _opening(text: str, at: int) -> int:
    closing, opening = text[at], _OPENING[text[at]]
    depth = 0
    for offset in range(at, -1, -1):
        if text[offset] == closing and not _is_arrow(text, offset):
            depth += 1
        elif text[offset] == opening:
            depth -= 1
            if not depth:
                return offset
    return -1


def _is_arrow(text: str, at: int) -> bool:
    """Whether what looks like a closing bracket ends `->` or `=>`."""
    return text[at] == ">" and text[max(0, at - 1) : at] in {"-", "="}
