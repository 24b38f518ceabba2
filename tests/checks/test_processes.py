import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.checks import processes
from lsp_server.checks.errors import ToolFlood, ToolMissing, ToolTimeout
from lsp_server.checks.processes import Command, Limits, run

posix = pytest.mark.skipif(sys.platform == "win32", reason="sessions are a POSIX matter")


def python(code: str, folder: Path, stdin: str = "") -> Command:
    return Command((sys.executable, "-c", code), folder, dict(os.environ), stdin)


async def test_input_output_and_exit_code_are_passed_on(tmp_path: Path) -> None:
    code = "import sys; print(sys.stdin.read().upper()); print('e', file=sys.stderr); sys.exit(3)"
    ran = await run(python(code, tmp_path, "häi"), Limits())
    assert (ran.code, ran.out.strip(), ran.err.strip()) == (3, "HÄI", "e")


async def test_input_that_nobody_reads_is_no_error(tmp_path: Path) -> None:
    ran = await run(python("pass", tmp_path, "x" * 1_000_000), Limits())
    assert ran.code == 0


async def test_a_slow_program_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ToolTimeout, match=r"after 0\.3 seconds"):
        await run(python("import time; time.sleep(60)", tmp_path), Limits(seconds=0.3))


async def test_a_talkative_program_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ToolFlood):
        await run(python("while True: print('x' * 1000)", tmp_path), Limits(output_bytes=10_000))


async def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="no-such-tool"):
        await run(Command(("no-such-tool",), tmp_path, dict(os.environ)), Limits())


@posix
async def test_an_offline_program_without_its_interpreter_counts_as_missing(tmp_path: Path) -> None:
    tool = tmp_path / "mypy"
    tool.write_text("#!/moved/venv/bin/python\n")
    tool.chmod(0o755)
    with pytest.raises(ToolMissing, match="mypy could not be started"):
        await run(Command((str(tool),), tmp_path, dict(os.environ), offline=True), Limits())


CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open("pids", "w").write(str(child.pid))
time.sleep(60)
"""


@posix
@pytest.mark.parametrize("offline", [False, True])
async def test_cancelling_kills_the_children_too(tmp_path: Path, *, offline: bool) -> None:
    command = replace(python(CHILD, tmp_path), offline=offline)
    task = asyncio.create_task(run(command, Limits()))
    pids = tmp_path / "pids"
    await _until(lambda: pids.exists() and pids.read_text() != "")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until(lambda: not _lives(int(pids.read_text())))


ORPHAN = """
import subprocess, sys
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
)
open("pids", "w").write(str(child.pid))
while True: print("x" * 1000)
"""


@posix
async def test_pipes_that_an_escaped_child_holds_open_are_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_GRACE_SECONDS", 0.05)
    before = _open_descriptors()
    with pytest.raises(ToolFlood):
        await run(python(ORPHAN, tmp_path), Limits(output_bytes=10_000))
    try:
        await _until(lambda: _open_descriptors() <= before)
    finally:
        os.kill(int((tmp_path / "pids").read_text()), signal.SIGKILL)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - another process sets no event of ours
            await asyncio.sleep(0.01)


def _open_descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def _lives(pid: int) -> bool:
    """Whether the process runs; one that nobody has waited for yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


NETWORK = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as here:
    socket.create_connection(here.getsockname(), 5).close()
try:
    socket.create_connection(("192.0.2.1", 80), 2)
except OSError as error:
    print(error.strerror)
"""


async def test_a_program_kept_offline_reaches_itself_and_nobody_else(tmp_path: Path) -> None:
    command = replace(python(NETWORK, tmp_path), offline=True)
    if not await processes.can_keep_offline():
        pytest.skip("this kernel gives no namespaces")
    ran = await run(command, Limits())
    assert (ran.code, ran.out.strip(), ran.err) == (0, "Network is unreachable", "")


async def test_an_offline_program_keeps_its_user_and_its_files(tmp_path: Path) -> None:
    code = "import os; open('made', 'w').close(); print(os.getuid(), os.getgid(), os.getcwd())"
    ran = await run(replace(python(code, tmp_path), offline=True), Limits())
    assert ran.out.split() == [str(os.getuid()), str(os.getgid()), str(tmp_path)]
    assert (tmp_path / "made").stat().st_uid == os.getuid()


async def test_a_trial_that_took_too_long_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    if not await processes.can_keep_offline():
        pytest.skip("this kernel gives no namespaces")
    monkeypatch.setattr(processes, "_tried", [])
    with monkeypatch.context() as busy:
        busy.setattr(processes, "Limits", lambda: Limits(seconds=0.0))
        assert not await processes.can_keep_offline()
    assert await processes.can_keep_offline()


async def test_where_the_kernel_does_not_allow_it_the_proxy_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_tried", [False])
    code = "import os; print(os.environ['HTTPS_PROXY'], os.environ['no_proxy'])"
    ran = await run(replace(python(code, tmp_path), offline=True), Limits())
    assert ran.out.split() == ["http://127.0.0.1:9", "localhost,127.0.0.1,::1"]
