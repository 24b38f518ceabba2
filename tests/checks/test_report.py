import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.checks.report import FAILED_TEST, Report, compare
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Position, Span


def problem(message: str, line: int = 0, severity: Severity = Severity.ERROR) -> Problem:
    at = Position(line, 0)
    return Problem("ruff", "F821", message, Span(at, at), severity)


def report(*messages: str) -> Report:
    return Report({"ruff": tuple(problem(message, n) for n, message in enumerate(messages))})


def test_a_problem_that_only_moved_is_the_same() -> None:
    found = compare(report("a", "b"), report("b", "a"))
    assert (found.gone, found.new) == ((), ())


def test_line_numbers_in_a_message_do_not_make_it_new() -> None:
    found = compare(report("redefined, first on line 12"), report("redefined, first on line 14"))
    assert found.new == ()


def test_one_of_two_equal_problems_gone_is_one_gone() -> None:
    found = compare(report("a", "a"), report("a"))
    assert [len(found.gone), len(found.new), found.before, found.after] == [1, 0, 2, 1]


def test_a_check_that_failed_afterwards_is_not_counted() -> None:
    before = Report({"ruff": (problem("a"),), "mypy": (problem("b"),)})
    after = Report({"ruff": ()}, {"mypy": "mypy was ended after 20 seconds."})
    found = compare(before, after)
    assert (found.checks, found.before, found.after) == (("ruff",), 1, 0)


def test_failed_tests_are_counted_apart_as_well() -> None:
    at = Span(Position(0, 0), Position(0, 0))
    failed = Report({"pytest": (Problem("pytest", FAILED_TEST, "fails", at), problem("a"))})
    found = compare(Report({"pytest": ()}), failed)
    assert (found.after, found.failing) == (2, 1)


def test_a_new_hint_leaves_a_change_clean() -> None:
    hint = Report({"ruff": (problem("a", severity=Severity.HINT),)})
    assert compare(report(), hint).is_clean
    assert not compare(report(), report("a")).is_clean


MESSAGES = st.lists(st.sampled_from("abc"), max_size=6)


@given(MESSAGES, MESSAGES)
def test_what_was_without_what_went_is_what_is_without_what_came(
    old: list[str], new: list[str]
) -> None:
    found = compare(report(*old), report(*new))
    gone = [p.message for p in found.gone]
    came = [p.message for p in found.new]
    assert sorted(old + came) == sorted(new + gone)
    assert not set(gone) & set(came)


def test_what_broken_syntax_had_hidden_is_not_new() -> None:
    broken = Problem("ruff", "invalid-syntax", "Expected `:`", Span(Position(1, 5), Position(1, 5)))
    hidden = Problem("ruff", "F401", "unused", Span(Position(0, 0), Position(0, 9)))
    fresh = Problem("ruff", "F821", "undefined", Span(Position(1, 0), Position(1, 9)))
    before = Report({"ruff": (broken,)}, text="import os\ndef f()\n    pass\n")
    after = Report({"ruff": (hidden,)}, text="import os\ndef f():\n    pass\n")
    assert compare(before, after).is_clean
    assert compare(before, after).gone == (broken,)
    assert not compare(before, Report({"ruff": (hidden, fresh)}, text=after.text)).is_clean


def test_what_the_syntax_check_cannot_read_hides_problems_of_other_checks() -> None:
    broken = Problem("syntax", "error", "Cannot read", Span(Position(0, 0), Position(0, 3)))
    hidden = Problem("ruff", "F401", "unused", Span(Position(1, 0), Position(1, 9)))
    before = Report({"syntax": (broken,), "ruff": ()}, text="def\nimport os\n")
    after = Report({"syntax": (), "ruff": (hidden,)}, text="pass\nimport os\n")
    assert compare(before, after).is_clean


@pytest.mark.parametrize("rule", ["SyntaxError", "syntax"])
def test_what_was_seen_beside_broken_syntax_is_not_gone_while_it_is_still_there(rule: str) -> None:
    at = Span(Position(1, 0), Position(1, 3))
    found = {
        "syntax": (Problem("syntax", "missing", "Expected `]` here.", at),),
        "mypy": (Problem("mypy", rule, "Invalid syntax", at),),
        "imports": (Problem("imports", "unknown-import", "'x' is nowhere", at),),
    }
    same = compare(Report(found, text="a\nb\n"), Report(found, text="# more\na\nb\n"))
    assert (same.gone, same.new, same.come_up) == ((), (), ())
    mended = Report({**found, "syntax": (), "mypy": ()}, text="a\nb\n")
    better = compare(Report(found, text="a\nb\n"), mended)
    assert {problem.check for problem in better.gone} == {"syntax", "mypy"}
    assert (better.before, better.after) == (3, 1)


def test_second_syntax_error_is_new_even_on_a_line_that_did_not_change() -> None:
    def broken(message: str) -> Problem:
        return Problem("ruff", "invalid-syntax", message, Span(Position(0, 0), Position(0, 3)))

    before = Report({"ruff": (broken("one"),)}, text="def\nx\n")
    after = Report({"ruff": (broken("two"),)}, text="def\ny\n")
    assert not compare(before, after).is_clean
