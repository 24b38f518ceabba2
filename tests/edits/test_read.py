import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lsp_server.common.edits import apply_edits
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import body, split_lines
from lsp_server.edits.errors import (
    AnchorAmbiguous,
    AnchorMissing,
    BadBlock,
    EditError,
    Elided,
    ManyBlocks,
    NoCode,
    NothingChanged,
    NotTheTarget,
    WrongFile,
)
from lsp_server.edits.read import read_edits
from lsp_server.edits.target import Target
from tests.fixture import parse_fixture

CODE = """
//- pkg/a.py
import os


class A:
    $0def f(self):
        return valeu

    def g(self):
        return 1$0
"""


def target_of(text: str, name: str = "") -> Target:
    fixture = parse_fixture(text)
    return Target.of_span(fixture.snapshot(), fixture.span, name)


def whole(text: str) -> Target:
    return Target.whole(Snapshot.of_text(text, language="python"))


def applied(answer: str, target: Target) -> str:
    return apply_edits(target.snapshot.lines, read_edits(answer, target))


TARGET = target_of(CODE)
FIXED = TARGET.snapshot.text.replace("valeu", "value")


def block(search: str, replace: str, head: str = "") -> str:
    return f"{head}<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


ANSWERS = {
    "search/replace": block("        return valeu", "        return value"),
    "in a fence, with prose": "Here it is.\n```python\n"
    + block("        return valeu", "        return value")
    + "```\nDone.",
    "named file": block("        return valeu", "        return value", "pkg/a.py\n"),
    "without indentation": block("return valeu", "return value"),
    "blank lines at the edges": block("\n        return valeu\n", "\n        return value\n"),
    "diff": "```diff\n--- a/pkg/a.py\n+++ b/pkg/a.py\n@@ -9,3 +9,3 @@ class A:\n     def f(self):\n"
    "-        return valeu\n+        return value\n \n```",
    "diff without numbers": "@@\n-        return valeu\n+        return value\n",
    "the piece": "```python\n    def f(self):\n        return value\n\n    def g(self):\n"
    "        return 1\n```",
    "the piece, dedented": "Sure:\n\n```py\ndef f(self):\n    return value\n\ndef g(self):\n"
    "    return 1\n```\nI fixed the name.",
    "the piece, without a fence": "def f(self):\n    return value\n\ndef g(self):\n    return 1",
    "the whole file": f"```python\n{FIXED}```",
    "the old text quoted first": f"Before:\n```python\n{TARGET.text}```\nAfter:\n```python\n"
    f"{TARGET.text.replace('valeu', 'value')}```",
}


@pytest.mark.parametrize("form", ANSWERS)
def test_every_form_of_answer_gives_the_same_smallest_edit(form: str) -> None:
    edits = read_edits(ANSWERS[form], TARGET)
    assert apply_edits(TARGET.snapshot.lines, edits) == FIXED
    assert [edit.new_text for edit in edits] == ["ue"]


REFUSED: dict[str, tuple[type[EditError], str]] = {
    "prose": (NoCode, "The name is misspelt."),
    "unclosed": (BadBlock, "<<<<<<< SEARCH\n        return valeu\n=======\n"),
    "not there": (AnchorMissing, block("        return velu", "        return value")),
    "empty search": (AnchorMissing, block("", "x = 1")),
    "twice the same lines": (
        BadBlock,
        block("        return valeu", "a") + block("        return valeu", "b"),
    ),
    "two pieces": (ManyBlocks, "```python\na = 1\n```\n```python\nb = 2\n```"),
    "elided": (Elided, "```python\ndef f(self):\n    # ... rest of the code unchanged\n```"),
    "unchanged": (NothingChanged, f"```python\n{TARGET.text}```"),
    "another file": (WrongFile, block("        return valeu", "x", "pkg/b.py\n")),
    "a path outside": (WrongFile, "--- a/x\n+++ b/../../etc/a.py\n@@\n-import os\n+import sys\n"),
    "a bad hunk": (BadBlock, "@@ -1 +1 @@\n-import os\n+import sys\nhello\n"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_applied_is_refused_with_words_for_the_model(case: str) -> None:
    error, answer = REFUSED[case]
    with pytest.raises(error) as caught:
        read_edits(answer, TARGET)
    assert caught.value.reflection
    assert caught.value.sentence.endswith(".")


def test_lines_that_stand_twice_are_not_replaced() -> None:
    target = target_of("a = 1$0\nb = 2\na = 1\n")
    with pytest.raises(AnchorAmbiguous, match="2 times") as caught:
        read_edits(block("a = 1", "a = 3"), target)
    assert "lines 1, 3" in caught.value.reflection


def test_a_piece_that_lacks_the_asked_name_is_refused() -> None:
    target = target_of("$0def load():\n    return 1$0\n", "load")
    with pytest.raises(NotTheTarget):
        read_edits("```python\nreturn 2\n```", target)


def test_a_missing_line_names_the_nearest_in_the_file() -> None:
    with pytest.raises(AnchorMissing) as caught:
        read_edits(block("        return value", "x"), TARGET)
    assert "        return valeu" in caught.value.reflection


def test_crlf_stays_crlf() -> None:
    text = "def f():\r\n    return 1\r\n"
    target = whole(text)
    assert applied("```python\ndef f():\n    x = 1\n    return x\n```", target) == (
        "def f():\r\n    x = 1\r\n    return x\r\n"
    )


def test_spaces_become_the_documents_tabs() -> None:
    target = target_of("//- a.go\n$0func f() {\n\tif x {\n\t\ty()\n\t}\n}$0\n")
    answer = "```go\nfunc f() {\n    if x {\n        z()\n    }\n}\n```"
    assert applied(answer, target) == "func f() {\n\tif x {\n\t\tz()\n\t}\n}\n"


def test_a_file_without_a_last_break_stays_so() -> None:
    target = target_of("a = 1\n$0b = 2$0")
    assert applied("```python\nb = 3\n```", target) == "a = 1\nb = 3"


LINE = st.sampled_from(["", "a", "b", "    c", "    d", "        e"])


@given(st.lists(LINE, min_size=1, max_size=8), st.lists(LINE, max_size=5), st.data())
def test_a_block_that_fits_once_gives_its_replacement_and_touches_nothing_else(
    document: list[str], replacement: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(document) - 1))
    last = data.draw(st.integers(first + 1, len(document)))
    assume(any(document[first:last]))
    target = whole("\n".join(document) + "\n")
    answer = block("\n".join(document[first:last]), "\n".join(replacement))
    try:
        text = applied(answer, target)
    except (AnchorAmbiguous, AnchorMissing, NothingChanged):
        return
    wanted = [*document[:first], *(replacement or [""]), *document[last:]]
    assert [body(line) for line in split_lines(text)][:-1] == wanted


PARTS = """import os


class A:
    def f(self):
        return 1

    def g(self):
        return 3


def f():
    # First.

    return os.name


def g(
    a,
):
    return 4


last = f()
"""


@pytest.mark.parametrize(
    ("piece", "old", "new"),
    [
        ("def f():\n    return 2", "    # First.\n\n    return os.name", "    return 2"),
        ("def g(\n    a,\n):\n    return 5", "return 4", "return 5"),
        ("    def g(self):\n        return 6", "return 3", "return 6"),
    ],
)
def test_a_definition_given_for_the_file_is_put_where_it_stands(
    piece: str, old: str, new: str
) -> None:
    assert applied(f"```python\n{piece}\n```", whole(PARTS)) == PARTS.replace(old, new)


def test_a_definition_with_braces_is_put_where_it_stands() -> None:
    text = (
        "package a\n\nfunc f() int {\n\treturn 1\n}\n\nfunc g() int {\n\treturn 2\n}\n\nvar x = 1\n"
    )
    piece = "```go\nfunc g() int {\n\treturn 3\n}\n```"
    target = Target.whole(Snapshot.of_text(text, language="go"))
    assert applied(piece, target) == text.replace("return 2", "return 3")


@pytest.mark.parametrize(
    ("old", "given", "new"),
    [
        ("\n\nx = 1\n\n\n", "\n\nx = 2\n\n\n", "\n\nx = 2\n\n\n"),
        ("x = 1\n  \n", "x = 2\n\n", "x = 2\n  \n"),
        ("x = 1\n\n", "x = 2\n", "x = 2\n"),
        ("x = 1\n", "\nx = 2\n\n", "x = 2\n"),
        ("x = 1", "x = 2\n", "x = 2"),
        ("", "x = 2\n", "x = 2\n"),
    ],
)
def test_a_file_has_no_more_blank_lines_around_it_than_it_had(
    old: str, given: str, new: str
) -> None:
    assert applied(f"```python\n{given}```", whole(old)) == new


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        (PARTS, "def unknown():\n    return 2"),
        (PARTS + "\n\ndef f():\n    return 7\n", "def f():\n    return 2"),
        (PARTS, "def f():\n    return 2\n\n\ndef g():\n    return 3"),
        (PARTS, "last = f()"),
        (PARTS, "import os\n\n\ndef f():\n    return 2"),
    ],
    ids=["unknown", "twice", "two", "statement", "import"],
)
def test_a_part_is_not_taken_for_the_whole_file(text: str, piece: str) -> None:
    with pytest.raises(NotTheTarget, match="only a part"):
        read_edits(f"```python\n{piece}\n```", whole(text))
