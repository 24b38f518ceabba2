"""Standard input and output as a stream of messages, and how the process ends.

Reading uses no thread where the event loop can watch the input: a thread that shares the
interpreter lock with anything busy adds tens of milliseconds to each key.
"""

import asyncio
import contextlib
import logging
import os
import sys
import threading
from select import select
from typing import TYPE_CHECKING

from lsp_server.protocol.wire.framing import Frames, framed

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 256 * 1024
_CROWDED = 256 * 1024
_LAST_WRITE_SECONDS = 0.5
_log = logging.getLogger(__name__)


def claim_standard_streams() -> tuple[int, int]:
    """Return descriptors for reading and writing messages that nothing else can reach.

    Afterwards `print` anywhere in the process goes to standard error, and children that inherit
    standard input find it empty.
    """
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout.flush()
    os.dup2(2, 1)
    _use_binary_mode(source, sink)
    return source, sink


def _use_binary_mode(*descriptors: int) -> None:
    """Stop Windows from rewriting line ends in the streams."""
    if sys.platform == "win32":
        import msvcrt

        for descriptor in descriptors:
            msvcrt.setmode(descriptor, os.O_BINARY)


class Wire:
    """Messages in, messages out; bodies are the JSON text of one message.

    `on_body` is called in the event loop for each body, in order; it may be exchanged at any
    time. `on_end` is called once when the other side has closed its end.
    """

    def __init__(self, source: int, sink: int) -> None:
        self.on_body: Callable[[bytes], None] = _ignore
        self.on_end: Callable[[], None] = _nothing
        self._source = source
        self._out = _Outlet(sink)
        self._frames = Frames()
        self._ended = False

    def start(self) -> None:
        """Begin to read, in the running loop."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._source, self._read)
        except (NotImplementedError, OSError):
            # Windows pipes and plain files cannot be watched by the loop. os.read, because
            # the interpreter aborts at exit while another thread holds sys.stdin's lock.
            thread = threading.Thread(target=self._read_in_thread, args=(loop,), daemon=True)
            thread.start()

    def send(self, body: bytes) -> None:
        """Send one message; never waits, what cannot go out yet is kept in order."""
        self._out.write(framed(body))

    @property
    def is_crowded(self) -> bool:
        """Whether the other side reads so slowly that progress reports had better be left out."""
        return self._out.waiting > _CROWDED

    def stop(self) -> None:
        """Stop reading and push out what waits, for half a second at most."""
        self._ended = True
        with contextlib.suppress(NotImplementedError, OSError, ValueError):
            asyncio.get_running_loop().remove_reader(self._source)
        self._out.finish()

    def _read(self) -> None:
        try:
            data = os.read(self._source, _PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            with contextlib.suppress(NotImplementedError, OSError, ValueError):
                asyncio.get_running_loop().remove_reader(self._source)
        self._take(data)

    def _read_in_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(self._source, _PIECE)
            except OSError:
                data = b""
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._take, data)

    def _take(self, data: bytes) -> None:
        if self._ended:
            return
        if not data:
            self._ended = True
            self.on_end()
            return
        for body in self._frames.feed(data):
            self.on_body(body)
            if self._ended:
                return


class _Outlet:
    """A descriptor that is written without ever blocking the loop, where the system can."""

    def __init__(self, sink: int) -> None:
        self._sink = sink
        self._waiting = bytearray()
        self._watching = False
        self._broken = False
        # A terminal's descriptor is shared with our standard error and with the shell.
        if sys.platform != "win32" and not os.isatty(sink):
            os.set_blocking(sink, False)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def write(self, data: bytes) -> None:
        if self._broken:
            return
        if self._waiting:
            self._waiting += data
            return
        sent = self._write_some(data)
        while sys.platform == "win32" and sent < len(data) and not self._broken:
            sent += self._write_some(data[sent:])
        if sent < len(data) and not self._broken:
            self._waiting += data[sent:]
            self._watch()

    def finish(self) -> None:
        """Write what waits while the other side takes it."""
        self._unwatch()
        while self._waiting and not self._broken:
            _, ready, _ = select([], [self._sink], [], _LAST_WRITE_SECONDS)
            if not ready:
                _log.warning("Left without sending %d bytes.", len(self._waiting))
                return
            del self._waiting[: self._write_some(self._waiting)]

    def _write_some(self, data: bytes | bytearray) -> int:
        try:
            return os.write(self._sink, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            _log.info("The editor no longer reads: %s.", error)
            self._broken = True
            self._waiting.clear()
            return 0

    def _watch(self) -> None:
        asyncio.get_running_loop().add_writer(self._sink, self._continue)
        self._watching = True

    def _unwatch(self) -> None:
        if self._watching:
            self._watching = False
            asyncio.get_running_loop().remove_writer(self._sink)

    def _continue(self) -> None:
        del self._waiting[: self._write_some(self._waiting)]
        if not self._waiting:
            self._unwatch()


def _ignore(_body: bytes) -> None:
    """Drop a message that comes before anyone listens."""


def _nothing() -> None:
    """Let the end of the stream pass."""
