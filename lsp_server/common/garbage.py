"""Garbage, collected when nobody waits."""

import gc


def tidy_up() -> None:
    """Collect garbage now, and never look at what is left again.

    What is kept stays: looking for garbage in it takes longer than a request may.
    """
    gc.collect()
    gc.freeze()
