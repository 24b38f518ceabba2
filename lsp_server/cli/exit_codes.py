"""How commands end, as documented in docs/command-line.md."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command tells the shell."""

    DONE = 0
    NOTHING = 1
    USAGE = 2
    FAILED = 3
    INTERRUPTED = 130
