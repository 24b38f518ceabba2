"""When the model is asked, and for how much."""

import pytest

from lsp_server.features.inline_completion.gates import allows_block, is_open
from lsp_server.features.inline_completion.pacing import Rhythm, Speed, wait_seconds
from tests.features.inline_completion.desk import at


def rhythm(gap: float) -> Rhythm:
    found = Rhythm()
    for key in range(30):
        found.key(key * gap)
    return found


def test_start_of_a_line_is_asked_at_once() -> None:
    assert wait_seconds(rhythm(0.2), Speed(), "    ") == 0


def test_a_fast_typist_is_waited_for_less() -> None:
    fast = wait_seconds(rhythm(0.05), Speed(), "x = ")
    assert 0 < fast < wait_seconds(rhythm(0.2), Speed(), "x = ")


def test_inside_a_word_the_wait_is_longer() -> None:
    assert wait_seconds(rhythm(0.1), Speed(), "x = a") > wait_seconds(rhythm(0.1), Speed(), "x = ")


def test_a_slow_model_needs_no_further_wait() -> None:
    assert wait_seconds(rhythm(0.1), Speed(first_token=0.5), "x = a") == 0


def test_reading_does_not_slow_the_rhythm() -> None:
    found = rhythm(0.1)
    found.key(60.0)
    assert found.gap == pytest.approx(0.1)


def test_a_load_says_nothing_about_the_speed() -> None:
    speed = Speed()
    speed.measured(12.0, 100, 1.0)
    assert speed.first_line() is None


def test_blocks_need_a_fast_model() -> None:
    assert Speed(first_token=0.1, decode=150).affords_block(0.4)
    assert not Speed(first_token=0.3, decode=20).affords_block(0.4)


def test_a_slow_model_is_asked_for_less() -> None:
    assert Speed(decode=30).tokens_within(2.0, 192) == 60
    assert Speed().tokens_within(2.0, 192) == 192


@pytest.mark.parametrize(
    ("code", "opens"),
    [
        ("x = $0\n", True),
        ("fo$0o\n", False),
        ("print($0)\n", True),
        ("print($0) + 1\n", True),
        ("x = $0 + 1\n", False),
        ("f(a);$0\n", False),
        ("if x:$0\n", True),
        ('x["$0"]\n', True),
        # Nobody types in a minified file.
        (f"x = '{'a' * 2000}' $0\n", False),
    ],
)
def test_places_where_something_is_asked(code: str, opens: bool) -> None:  # noqa: FBT001
    assert is_open(at(code)) is opens


@pytest.mark.parametrize(
    ("code", "block"),
    [
        ("def f():\n    $0\n", True),
        ("def f():\n    $0\n    return 1\n", False),
        ("def f():\n    x = 1\n    $0\n", False),
        ("def f():$0\n", True),
        ("print($0\n", False),
        ("x = [\n    $0\n]\n", False),
        ("# for f():\n#   $0\n", False),
        ("//- main.ts\n/**\n * For files:\n $0\n", False),
        ("//- main.ts\n/** For files: */\nfunction f() {\n  $0\n}\n", True),
        ('//- main.ts\nfiles("src/**/*.ts", () => {\n  $0\n});\n', True),
        ("$0", True),
    ],
)
def test_places_where_a_block_fits(code: str, block: bool) -> None:  # noqa: FBT001
    assert allows_block(at(code)) is block
