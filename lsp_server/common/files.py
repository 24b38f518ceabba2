"""Reading files of a workspace that nobody vouches for."""

import errno
import os
import stat
from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
"""More than any setting lets a file have that is read."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_plain_file(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the content of a plain file.

    Raises OSError for a file that cannot be read, holds more than `most_bytes`, or is not plain.
    Why not `Path.read_bytes`? A repository can hold a pipe, whose opening waits for ever, and a
    link to a device that never ends.
    """
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "Not a plain file", str(path))
        # Asked for the most at once, Python clears room for all of it before it reads.
        content = file.read(min(state.st_size, most_bytes) + 1)
        if len(content) > state.st_size:
            content += file.read(most_bytes + 1 - len(content))
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, "Too large", str(path))
    return content
