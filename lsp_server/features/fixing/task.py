"""A task on code, as the loop takes it."""

from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.common.problems import Problem
from lsp_server.edits.target import Target

Guard = Callable[[Target, str], str]


def no_guard(_target: Target, _text: str) -> str:
    """Object to nothing."""
    return ""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with `target`.

    `label` is for the user, `goal` for the model. `problems` are those that must go away; without
    any the task is a rewrite, which must only bring no new ones. `guard` gets the target and the
    document's new text, and returns what the model did beyond its task, if anything. `creates`
    says that the document is a file that does not exist yet. With `check` the change is proven only
    if the check of that name ran too. A task that `stays` is about its problems alone: what else an
    answer changes is left out where the checks agree, and told where they do not.
    """

    label: str
    goal: str
    target: Target
    problems: tuple[Problem, ...] = ()
    guard: Guard = no_guard
    creates: bool = False
    check: str = ""
    stays: bool = False

    @property
    def is_fix(self) -> bool:
        """Whether something must go away."""
        return bool(self.problems)
