"""Programs that are started and cancelled."""

import asyncio
import logging
import os
import sys

import pytest

from lsp_server.common.children import end_program, start_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are not waited for there")


async def test_a_cancelled_start_leaves_no_program_and_no_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    for turns in range(40):
        starting = asyncio.create_task(start_program("true"))
        for _ in range(turns % 8):
            await asyncio.sleep(0)
        starting.cancel()
        (started,) = await asyncio.gather(starting, return_exceptions=True)
        if isinstance(started, asyncio.subprocess.Process):
            await end_program(started)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # noqa: ASYNC222 - it does not wait
    assert caplog.text == ""
