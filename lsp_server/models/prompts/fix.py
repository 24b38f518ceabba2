"""What the executor is asked when problems must go away."""

from collections.abc import Sequence


def fix_goal(problems: Sequence[str]) -> str:
    """Return the goal for `problems`, each a line of `editing.problem_line`."""
    what = "this problem" if len(problems) == 1 else "these problems"
    listed = "\n".join(problems)
    return (
        f"Fix {what}, found by the tools of the language, in the smallest way that is right. Do "
        f"not silence a tool, do not delete what is needed.\n{listed}"
    )


def goal_for_test(failure: str, test: str) -> str:
    """Return the goal of making a failing test pass; `test` is the text of its file."""
    closed = test if test.endswith("\n") else test + "\n"
    shown = f"\nThe tests:\n````\n{closed}````\n" if test.strip() else ""
    return (
        f"{failure}\nChange the piece in the smallest way that makes it pass because the code is "
        f"right, not because the test is known. The tests stay as they are.{shown}"
    )
