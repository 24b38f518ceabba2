import asyncio
import os
import subprocess
import sys
from pathlib import Path

from lsp_server.context.index.frames import encode_frame
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
