"""Run a program where there is no network but this machine's loopback. Linux only.

`python -I -S offline.py PROGRAM ARGUMENTS`: the process leaves for a network namespace of its own
(https://man7.org/linux/man-pages/man7/network_namespaces.7.html), without rights that it had not
before, and becomes the program. It ends with 125 and `NOT_STARTED` as its first word on standard
error if the kernel does not allow that or the program cannot be started. It is a script and not a
function of ours, because a namespace belongs to a whole process; what only Linux has is imported
where it is used, since its constants are read everywhere.
"""

import os
import socket
import struct
import sys

NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000
READ_FLAGS, WRITE_FLAGS, UP = 0x8913, 0x8914, 0x1
CODE, NOT_STARTED = 125, "tandem-offline:"


def leave() -> None:
    """Go into a namespace without networks; raises OSError.

    A user namespace gives the right to do so where there is none. It maps this user to itself and
    nobody else, so root does without: other people's files would be closed to it.
    """
    if os.getuid() == 0 and _unshared(NEW_NETWORK):
        return
    user, group = os.getuid(), os.getgid()
    if not _unshared(NEW_USER | NEW_NETWORK):
        raise OSError("no namespace")
    _write("setgroups", "deny")
    _write("uid_map", f"{user} {user} 1")
    _write("gid_map", f"{group} {group} 1")


def raise_loopback() -> None:
    """Let the program reach what it starts on this machine itself, as many tests do."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        asked = struct.pack("16sh", b"lo", 0)
        (flags,) = struct.unpack_from("16xh", fcntl.ioctl(opened, READ_FLAGS, asked))
        fcntl.ioctl(opened, WRITE_FLAGS, struct.pack("16sh", b"lo", flags | UP))


def _unshared(flags: int) -> bool:
    import ctypes

    return bool(ctypes.CDLL(None, use_errno=True).unshare(flags) == 0)


def _write(name: str, text: str) -> None:
    with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - quicker
        file.write(text)


def main() -> None:
    """Become the program that the arguments name."""
    try:
        leave()
        raise_loopback()
        os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - there is no shell, on purpose
    except OSError as error:
        sys.stderr.write(f"{NOT_STARTED} {error}\n")
        sys.exit(CODE)


if __name__ == "__main__":
    main()
