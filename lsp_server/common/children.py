"""Programs in processes of their own, which none of our cancelled tasks leaves behind."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import lsp_server

_HOME = Path(lsp_server.__file__).parents[1]


async def start_module(module: str, *arguments: str, **pipes: Any) -> asyncio.subprocess.Process:
    """Start `python -m module arguments`; `pipes` are those of `asyncio`'s subprocesses.

    Raises OSError if no process can be started.
    """
    # `-m` looks in the current folder first, and that may be a workspace with a package of our
    # name: its code must not run.
    command = (sys.executable, "-m", module, *arguments)
    return await start_program(*command, cwd=_HOME, **pipes)


async def start_program(*command: str, **options: Any) -> asyncio.subprocess.Process:
    """Start a program with the `options` of `asyncio`'s subprocesses.

    Cancelled meanwhile, it ends the program first. Why not leave that to `asyncio`? It looks for
    the end of a program in two places then, and warns when the wrong one was first.

    Raises OSError if the program cannot be started.
    """
    starting = asyncio.ensure_future(asyncio.create_subprocess_exec(*command, **options))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError):
            await end_program(await starting)
        raise


async def end_program(process: asyncio.subprocess.Process) -> None:
    """Kill what still runs, and wait for its end."""
    if process.returncode is None:
        # Its own `kill` asks the system whether the program has ended, and then `asyncio`, which
        # waits for the answer in another thread, gets none and warns.
        with suppress(ProcessLookupError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.kill(process.pid, signal.SIGKILL)
        await process.wait()
