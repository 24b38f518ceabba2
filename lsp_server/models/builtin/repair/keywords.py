"""Keywords typed wrong by one slip: two letters exchanged, one missing, one too many, one wrong."""

from collections.abc import Iterator

from lsp_server.common.edits import TextEdit
from lsp_server.models.builtin.repair.draft import Draft

_JS = (
    "async await break case catch class const continue default delete do else export extends"
    " finally for from function if import in instanceof interface let new of return static super"
    " switch this throw try type typeof var void while yield enum implements private public"
)
_C = (
    "break case char const continue default do double else enum extern float for goto if inline"
    " int long return short signed sizeof static struct switch typedef union unsigned void while"
)

KEYWORDS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "python": "and as assert async await break class continue def del elif else except finally"
        " for from global if import in is lambda nonlocal not or pass raise return try while with"
        " yield match case",
        "javascript": _JS,
        "javascriptreact": _JS,
        "typescript": _JS,
        "typescriptreact": _JS,
        "go": "break case chan const continue default defer else fallthrough for func go goto if"
        " import interface map package range return select struct switch type var",
        "rust": "as async await break const continue crate dyn else enum extern fn for if impl in"
        " let loop match mod move mut pub ref return self static struct super trait type unsafe"
        " use where while",
        "java": "abstract assert boolean break byte case catch char class const continue default"
        " do double else enum extends final finally float for if implements import instanceof int"
        " interface long new package private protected public return short static super switch"
        " synchronized this throw throws transient try void volatile while",
        "c": _C,
        "cpp": f"{_C} class namespace new delete public private protected template typename try"
        " catch throw using virtual override",
    }.items()
}


def keyword_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield the keyword that a word on a line with a fault is one slip away from."""
    keywords = KEYWORDS.get(draft.language, frozenset())
    for line in draft.fault_lines:
        for token in draft.on_line(line):
            if not token.text.isidentifier() or token.text in keywords or not token.text[1:]:
                continue
            for keyword in sorted(keywords):
                if one_slip(token.text, keyword):
                    yield (draft.replace(token.start, token.end, keyword),)


def one_slip(typed: str, meant: str) -> bool:
    """Whether one exchange, omission, addition or wrong letter makes `typed` out of `meant`."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    head = next((n for n, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if head is None:
        return True
    left, right = typed[head:], meant[head:]
    exchanged = left[:2] == right[1::-1] and bool(right[1:]) and left[2:] == right[2:]
    return exchanged or left[1:] == right or left == right[1:] or left[1:] == right[1:]
