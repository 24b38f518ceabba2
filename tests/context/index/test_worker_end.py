import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from lsp_server.context.index.frames import encode_frame, read_frame
from lsp_server.context.index.messages import StatusWanted

ROOT = Path(__file__).parents[3]


async def test_a_worker_whose_server_is_gone_ends_without_a_word() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lsp_server.context.index",
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=write_end,
        stderr=subprocess.PIPE,
    )
    os.close(write_end)
    assert worker.stdin is not None
    assert worker.stderr is not None
    worker.stdin.write(encode_frame((1, StatusWanted())))
    assert await asyncio.wait_for(worker.stderr.read(), 20) == b""
    assert await worker.wait() == 0
    worker.stdin.close()


async def test_worker_leaves_the_interrupt_of_a_terminal_to_its_server() -> None:
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lsp_server.context.index",
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    assert worker.stderr is not None
    for number in (1, 2):
        worker.stdin.write(encode_frame((number, StatusWanted())))
        assert await asyncio.wait_for(read_frame(worker.stdout), 20) is not None
        if number == 1:
            worker.send_signal(signal.SIGINT)
    worker.stdin.close()
    assert await worker.stderr.read() == b""
    assert await worker.wait() == 0
