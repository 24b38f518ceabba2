"""Modules of ours in processes of their own."""

import asyncio
import sys
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
    return await asyncio.create_subprocess_exec(*command, cwd=_HOME, **pipes)
