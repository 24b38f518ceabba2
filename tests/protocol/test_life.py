"""How the process ends, whatever it is doing at that moment."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lsp_server.cli.client import LanguageClient, spawned_server
from lsp_server.protocol.wire.parent import is_alive, until_gone

ROOT = Path(__file__).parents[2]
SERVER = (sys.executable, "-m", "tests.protocol.server_process")
PATIENCE = 20.0
INLINE = {
    "textDocument": {"uri": "file:///a.py"},
    "position": {"line": 0, "character": 0},
    "context": {"triggerKind": 1},
}


@asynccontextmanager
async def server(
    fake: str = "", process_id: int | None = None
) -> AsyncIterator[tuple[LanguageClient, asyncio.subprocess.Process]]:
    environment = {**os.environ, "FAKE": fake, "PYTHONPATH": str(ROOT)}
    async with spawned_server(SERVER, folder=ROOT, environment=environment) as (client, process):
        await client.request("initialize", {"processId": process_id, "capabilities": {}})
        client.notify("initialized", {})
        item = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": "a\n"}
        client.notify("textDocument/didOpen", {"textDocument": item})
        yield client, process


async def end_of(process: asyncio.subprocess.Process) -> int:
    return await asyncio.wait_for(process.wait(), PATIENCE)


async def test_shutdown_and_exit_end_the_process_with_0() -> None:
    async with server() as (client, process):
        await client.request("shutdown")
        client.notify("exit")
        assert await end_of(process) == 0


async def test_exit_without_shutdown_ends_the_process_with_1() -> None:
    async with server() as (client, process):
        client.notify("exit")
        assert await end_of(process) == 1


@pytest.mark.parametrize("fake", ["", "clinging", "closing for long"])
async def test_the_end_of_the_input_ends_the_process_whatever_it_does(fake: str) -> None:
    async with server(fake) as (client, process):
        client.start("textDocument/inlineCompletion", INLINE)
        await client.request("workspace/executeCommand", {"command": "tandem.status"})
        assert process.stdin is not None
        process.stdin.close()
        assert await end_of(process) == 1


async def test_a_task_that_will_not_end_does_not_keep_the_process() -> None:
    async with server("clinging") as (client, process):
        client.start("textDocument/inlineCompletion", INLINE)
        await client.request("workspace/executeCommand", {"command": "tandem.status"})
        await client.request("shutdown")
        client.notify("exit")
        assert await end_of(process) == 0


async def test_what_is_printed_does_not_reach_the_editor() -> None:
    async with server("printing") as (client, process):
        result = await client.request("textDocument/inlineCompletion", INLINE)
        assert result["items"][0]["insertText"] == "hello"
        await client.request("shutdown")
        client.notify("exit")
        assert await end_of(process) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
async def test_sigterm_ends_the_process() -> None:
    async with server() as (client, process):
        await client.request("textDocument/inlineCompletion", INLINE)
        process.send_signal(signal.SIGTERM)
        assert await end_of(process) == 128 + signal.SIGTERM


async def test_the_death_of_the_parent_ends_the_process_though_its_input_stays_open() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=subprocess.PIPE
    )
    async with server(process_id=parent.pid) as (client, process):
        await client.request("textDocument/inlineCompletion", INLINE)
        parent.kill()
        await parent.wait()
        assert await end_of(process) == 1


async def test_a_parent_that_cannot_be_seen_does_not_end_the_process() -> None:
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    assert not is_alive(gone.pid)
    watching: asyncio.Task[Any] = asyncio.ensure_future(until_gone(gone.pid))
    done, _ = await asyncio.wait([watching], timeout=0)
    assert not done
    watching.cancel()


async def test_a_process_that_ends_before_it_is_watched_counts_as_gone() -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
    watching = until_gone(child.pid)
    child.kill()
    await child.wait()
    await asyncio.wait_for(watching, PATIENCE)


def test_this_process_is_alive() -> None:
    assert is_alive(os.getpid())


@pytest.mark.skipif(sys.platform == "win32", reason="plain files as input are a POSIX habit")
def test_a_file_as_input_is_served_to_its_end(tmp_path: Path) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
    script = tmp_path / "input"
    script.write_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    with script.open("rb") as source:
        done = subprocess.run(
            SERVER,
            cwd=ROOT,
            stdin=source,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    assert b'"capabilities"' in done.stdout
    assert done.returncode == 1
