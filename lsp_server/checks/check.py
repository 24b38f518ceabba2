"""A check as data: who looks, at which languages, how fast, and what it may touch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem


class Speed(IntEnum):
    """How long a check takes, and so how much of a round it may hold up."""

    QUICK = 0
    SLOW = 1
    TESTS = 2


class Needs(IntEnum):
    """What a check must be given beside the text."""

    TEXT = 0
    SHADOW = 1
    COPY = 2


Look = Callable[[Subject, Path], Awaitable[list[Problem]]]


@dataclass(frozen=True, slots=True)
class Check:
    """One way to find problems in a document.

    `look` gets the subject and the folder that stands for its root: the shadow, or the real root
    where the check needs the text alone. It raises `CheckError` where it does not come to an end.
    """

    name: str
    look: Look
    speed: Speed = Speed.QUICK
    needs: Needs = Needs.TEXT
