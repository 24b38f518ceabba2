"""Run a program without a shell, within limits, and end it with its children."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from lsp_server.checks import offline
from lsp_server.checks.errors import CheckError, ToolFlood, ToolMissing, ToolTimeout

_log = logging.getLogger(__name__)
_CHUNK = 65536
_GRACE_SECONDS = 5.0
_OFFLINE = (sys.executable, "-I", "-S", offline.__file__)
# Nothing listens on the discard port.
_NOWHERE = {
    name: value
    for spelt in (str.upper, str.lower)
    for name, value in (
        (spelt("http_proxy"), "http://127.0.0.1:9"),
        (spelt("https_proxy"), "http://127.0.0.1:9"),
        (spelt("all_proxy"), "http://127.0.0.1:9"),
        (spelt("no_proxy"), "localhost,127.0.0.1,::1"),
    )
}
# What the system can do does not change while it runs.
_tried: list[bool] = []


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments (never a shell line), its folder and its whole environment.

    `offline` keeps it from every network but the loopback, where the system can.
    """

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes of output after which a program is ended."""

    seconds: float = 20.0
    output_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program left behind; undecodable bytes are replaced."""

    code: int
    out: str
    err: str


async def run(command: Command, limits: Limits) -> Ran:
    """Run `command` to its end; on a limit, or when cancelled, it and all its children are killed.

    Where the system cannot keep an `offline` one from networks, its proxy is where nobody listens.

    Raises `ToolMissing`, `ToolTimeout` or `ToolFlood`.
    """
    process = await _started(await _kept_offline(command) if command.offline else command)
    try:
        async with asyncio.timeout(limits.seconds):
            ran = await _talk(process, command, limits)
    except TimeoutError as error:
        name, seconds = Path(command.argv[0]).name, limits.seconds
        raise ToolTimeout(f"{name} was ended after {seconds:g} seconds.") from error
    finally:
        await _end(process)
    if command.offline and ran.code == offline.CODE and ran.err.startswith(offline.NOT_STARTED):
        raise _missing(command)
    return ran


async def _kept_offline(command: Command) -> Command:
    if await can_keep_offline():
        return replace(command, argv=(*_OFFLINE, *command.argv))
    return replace(command, environment={**command.environment, **_NOWHERE})


async def can_keep_offline() -> bool:
    """Whether this system lets us start programs that have no network; tried out once."""
    if not _tried:
        allowed = sys.platform == "linux" and await _is_allowed()
        if allowed is None:
            return False
        _tried.append(allowed)
    return _tried[0]


async def _is_allowed() -> bool | None:
    """Return None where a machine too busy to try it told nothing."""
    nothing = Command((*_OFFLINE, sys.executable, "-I", "-S", "-c", ""), Path("/"))
    try:
        ran = await run(nothing, Limits())
    except CheckError:
        return None
    if ran.code:
        _log.info("The kernel gives no namespaces; checks could reach a network by themselves.")
    return ran.code == 0


async def _started(command: Command) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command.argv,
            cwd=command.folder,
            env=dict(command.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Its own session, so that the whole family can be killed at once.
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        raise _missing(command) from error


def _missing(command: Command) -> ToolMissing:
    return ToolMissing(f"{Path(command.argv[0]).name} could not be started.")


async def _talk(process: asyncio.subprocess.Process, command: Command, limits: Limits) -> Ran:
    name = Path(command.argv[0]).name
    out = asyncio.create_task(_drain(process.stdout, limits.output_bytes, name))
    err = asyncio.create_task(_drain(process.stderr, limits.output_bytes, name))
    talk = (asyncio.create_task(_feed(process, command.stdin)), out, err)
    try:
        # Not a TaskGroup: up to Python 3.11.3 one that failed leaves its task marked as cancelled,
        # and no time limit that is set afterwards can tell itself from a cancellation.
        await asyncio.gather(*talk)
    finally:
        for task in talk:
            task.cancel()
        await asyncio.gather(*talk, return_exceptions=True)
    code = await process.wait()
    return Ran(code, out.result().decode(errors="replace"), err.result().decode(errors="replace"))


async def _feed(process: asyncio.subprocess.Process, text: str) -> None:
    if process.stdin is None:
        return
    # A program that does not read its input closes the pipe, which is its right.
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(text.encode(errors="replace"))
        await process.stdin.drain()
    process.stdin.close()


async def _drain(stream: asyncio.StreamReader | None, most: int, name: str) -> bytes:
    parts, size = list[bytes](), 0
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        parts.append(chunk)
        size += len(chunk)
        if size > most:
            raise ToolFlood(f"{name} was ended because it wrote more than {most} bytes.")
    return b"".join(parts)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what is left of the process and its children; those outlive it in its session."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            if process.returncode is None:
                await _kill_tree(process.pid)
        else:
            os.killpg(process.pid, signal.SIGKILL)
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            await process.wait()
            await _closed(process)
    except TimeoutError:
        _log.warning("A check left a program behind that keeps its output open.")
    finally:
        # Whoever holds a pipe open or cancels us here must not leave its descriptors with us;
        # asyncio has no public way to say so.
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001


async def _closed(process: asyncio.subprocess.Process) -> None:
    """Read the pipes to their end: only then does the event loop let go of them."""
    if process.stdin is not None:
        process.stdin.close()
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(_CHUNK):
            pass
    # The loop closes its transport in two further steps.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def _kill_tree(pid: int) -> None:
    killer = await asyncio.create_subprocess_exec(
        "taskkill", "/T", "/F", "/PID", str(pid), stdout=subprocess.DEVNULL
    )
    await killer.wait()
