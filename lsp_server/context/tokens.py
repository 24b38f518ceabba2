"""Counting tokens: by the served model's vocabulary where it is known, else by bytes."""

from collections.abc import Callable

Counter = Callable[[str], int]

_BYTES_PER_TOKEN = 4


def bytes_over_four(text: str) -> int:
    """Return the UTF-8 bytes of `text` over four, rounded up: the count without a vocabulary."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)
