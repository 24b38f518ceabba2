"""The model is stopped the moment that what it says is complete."""

import pytest

from lsp_server.context.index import syntax
from lsp_server.features.inline_completion.ending import Ending
from lsp_server.features.inline_completion.shaping import MOST_LINES
from tests.features.inline_completion.desk import at


def heard(code: str, text: str, *, block: bool = True) -> str:
    """Return what was said of `text`, letter by letter, when it was enough; all if never."""
    ending = Ending(at(code), block, syntax, syntax.live_tree())
    for length in range(1, len(text) + 1):
        if ending(text[:length]):
            return text[:length]
    return text


@pytest.mark.parametrize(
    ("code", "text", "until"),
    [
        # The first letter of a line that stands less deep.
        (
            "def f():\n    $0\n\n\nx = 1\n",
            "a = 1\n    return a\n\n\ndef g():\n    pass\n",
            "a\n\n\nd",
        ),
        # The sign that closes what stands below the cursor.
        ("//- main.go\nfunc f() {\n\t$0\n}\n", "g()\n\th()\n}\n\nfunc i() {\n}\n", "h()\n}"),
        ("//- main.ts\nf(() => {$0\n});\n", "\n  g();\n  h();\n});\nf();\n", "h();\n}"),
        # The first word after a block that was opened on the cursor's line.
        ("//- main.rs\nfn f() {$0\n", "\n    g();\n}\n\nfn h() {\n}\n", "}\n\nfn "),
    ],
)
def test_stream_is_stopped_where_the_block_is_complete(code: str, text: str, until: str) -> None:
    assert heard(code, text).endswith(until)
    assert len(heard(code, text)) == text.index(until) + len(until)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "def f(a):\n    $0\n",
            "if a:\n        return 1\n    else:\n        return 2\n    x = [\n",
        ),
        ("//- main.ts\nif (a) {$0\n", "\n  b();\n} else {\n  c();\n}\n"),
        ("//- main.go\nfunc f() {\n\t$0\n}\n", 'if a {\n\t\tb()\n\t}\n\tc("}")\n\td()\n'),
        # Remarks are no part of the block that they stand in before its code is there.
        ("//- main.go\nfunc f() {\n\t$0\n}\n", "a := 1\n\tif a {\n\t\t// b\n\t\t// c\n\t\ta++\n"),
    ],
)
def test_stream_goes_on_while_the_block_does(code: str, text: str) -> None:
    assert heard(code, text) == text


def test_one_line_takes_two_more_for_later() -> None:
    assert heard("x = $0\n", "1\ny = 2\nz = 3\nw = 4\n", block=False) == "1\ny = 2\nz = 3\n"


def test_forty_lines_are_enough() -> None:
    text = "".join(
        f"{'    ' if number else ''}{chr(97 + number % 26)}{number}()\n" for number in range(60)
    )
    assert heard("def f():\n    $0\n", text).count("\n") == MOST_LINES


def test_loop_is_not_listened_to() -> None:
    text = "a = compute(1)\n" + "    b = compute(2)\n" * 9
    assert len(heard("def f():\n    $0\n", text)) < len(text)
