"""Counting tokens: by the served model's vocabulary where it is known, else by bytes."""

from collections.abc import Callable, Iterable

Counter = Callable[[str], int]

_BYTES_PER_TOKEN = 4


def bytes_over_four(text: str) -> int:
    """Return the UTF-8 bytes of `text` over four, rounded up: the count without a vocabulary."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)


def first_that_fit(lines: Iterable[str], room: float, count: Callable[[str], float]) -> list[str]:
    """Return the first of `lines`, as many as take no more than `room` by `count`."""
    found = []
    for line in lines:
        room -= count(line)
        if room < 0:
            break
        found.append(line)
    return found
