"""How much memory the GPU of this machine has."""

import asyncio
import logging
import shutil
import sys
from contextlib import suppress

from lsp_server.common.children import end_program, start_program

_log = logging.getLogger(__name__)
_SECONDS = 5.0
_MIB = 1 << 20
# What macOS lets the GPU take of the memory that it shares with the processor.
_SHARED_PART = 0.75
_QUERY = ("--query-gpu=memory.total,memory.used", "--format=csv,noheader,nounits")


async def gpu_bytes(ours: int) -> int | None:
    """Return the bytes that models may take; None where that cannot be found out.

    `ours` is what models take now: it counts as free, other programs' memory does not.
    """
    if sys.platform == "darwin":
        told = await _output("sysctl", "-n", "hw.memsize")
        return int(int(told) * _SHARED_PART) if told.strip().isdigit() else None
    return parse_smi(await _output("nvidia-smi", *_QUERY), ours)


def parse_smi(told: str, ours: int) -> int | None:
    """Read nvidia-smi's lines of "total, used" in MiB, one a GPU; None where there is none."""
    total = used = 0
    for line in told.splitlines():
        with suppress(ValueError):
            has, takes = (int(number) for number in line.split(","))
            total, used = total + has * _MIB, used + takes * _MIB
    return total - max(used - ours, 0) if total else None


async def _output(program: str, *arguments: str) -> str:
    path = shutil.which(program)
    if path is None:
        return ""
    child = await start_program(
        path, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(_SECONDS):
            told, _ = await child.communicate()
    except TimeoutError:
        _log.info("%s did not answer", program)
        return ""
    finally:
        await end_program(child)
    return told.decode("utf-8", "replace")
