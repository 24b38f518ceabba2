"""Ctrl-C ends at any moment with its own exit code, and without a traceback."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from lsp_server.cli import main as program
from lsp_server.cli.client import LanguageClient
from lsp_server.cli.exit_codes import ExitCode

ROOT = Path(__file__).parents[2]


def test_interrupt_while_a_command_is_being_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "_command", interrupted)
    assert program.main(["ask", "what"]) == ExitCode.INTERRUPTED


async def test_interrupt_of_the_server_by_a_person_at_a_terminal() -> None:
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lsp_server", cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stderr is not None
    client = LanguageClient(server.stdout, server.stdin.write)
    await client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    server.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(server.stderr.read(), 20) == b""
    assert await server.wait() == ExitCode.INTERRUPTED
    await client.close()
