"""Whether the process that started us still lives."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any

_SECONDS = 1.0


def is_alive(process_id: int) -> bool:
    """Return whether a process of this id runs.

    Not by signal on Windows, where `os.kill` ends the process that it asks about.
    """
    if sys.platform == "win32":
        return _is_alive_on_windows(process_id)
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def until_gone(process_id: int) -> Coroutine[Any, Any, None]:
    """Return what ends when the process has ended.

    It never ends if the process cannot be seen at the time of the call: an editor outside our
    container sends an id that means nothing here.
    """
    return _until_gone(process_id, seen=is_alive(process_id))


async def _until_gone(process_id: int, *, seen: bool) -> None:
    if not seen:
        await asyncio.Event().wait()
    while is_alive(process_id):  # noqa: ASYNC110 - no event tells of another process's end
        await asyncio.sleep(_SECONDS)


def _is_alive_on_windows(process_id: int) -> bool:
    if sys.platform != "win32":
        raise NotImplementedError
    import ctypes

    synchronize, running = 0x00100000, 0x00000102
    kernel = ctypes.windll.kernel32
    handle = kernel.OpenProcess(synchronize, False, process_id)  # noqa: FBT003 - a C flag
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == running)
    finally:
        kernel.CloseHandle(handle)
