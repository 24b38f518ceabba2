"""One editor on a pair of descriptors, from the first byte to the end of the process."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from lsp_server.protocol.editor.profile import ClientProfile
from lsp_server.protocol.wire.greeting import Greeter
from lsp_server.protocol.wire.parent import until_gone
from lsp_server.protocol.wire.transport import Wire, claim_standard_streams

if TYPE_CHECKING:
    MakeHost = Callable[[], "Host"]
    from lsp_server.protocol.feature_set import Host
    from lsp_server.protocol.session import Session

_log = logging.getLogger(__name__)
_SWITCH_SECONDS = 0.001
_LAST_SECONDS = 0.8
_BY_SIGNAL = 128


def serve(version: str, make_host: "MakeHost") -> NoReturn:
    """Serve the editor on standard input and output; ends the process.

    `make_host` is called when the editor has been greeted, so that its imports cost no wait.
    Never returns: what still runs in the process must not keep it alive once the editor has gone.
    """
    # Enabled again when all is imported: a tenth of the import would be collecting nothing.
    gc.disable()
    source, sink = claim_standard_streams()
    # A busy thread gives the interpreter lock up after this time, five times sooner than usual.
    sys.setswitchinterval(_SWITCH_SECONDS)
    connection = Connection(version, make_host, Wire(source, sink), leaving=_end_soon)
    # Not asyncio.run: it waits for every task and thread, and one that will not end is enough.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    code = loop.run_until_complete(connection.run())
    logging.shutdown()
    os._exit(code)


def _end_soon(code: int) -> None:
    """End the process in any case, whatever the last clean-up does."""
    timer = threading.Timer(_LAST_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()


class Connection:
    """One conversation: greeting, session, end. `leaving` hears the exit code when it is known."""

    def __init__(
        self, version: str, make_host: "MakeHost", wire: Wire, *, leaving: Callable[[int], None]
    ) -> None:
        self._version = version
        self._make_host = make_host
        self._leaving = leaving
        self._wire = wire
        self._session: Session | None = None
        self._parent: asyncio.Task[None] | None = None
        self._code: asyncio.Future[int] | None = None

    async def run(self) -> int:
        """Serve until the end and return the exit code.

        0 after `shutdown` and `exit`; 1 if the editor left without asking for `shutdown`.
        """
        loop = asyncio.get_running_loop()
        self._code = loop.create_future()
        self._wire.on_body = Greeter(
            self._wire.send, self._version, greeted=self._begin, leave=self._leave
        ).receive
        self._wire.on_end = self._hang_up
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._leave, _BY_SIGNAL + number)
        self._wire.start()
        try:
            return await self._code
        finally:
            self._end()

    def _begin(self, params: Mapping[str, Any], profile: ClientProfile) -> None:
        # Before the imports: the editor may end while they last.
        if isinstance(process_id := params.get("processId"), int):
            self._parent = asyncio.create_task(self._follow(until_gone(process_id)))
        from lsp_server.protocol.wire.lean_types import import_protocol_types

        import_protocol_types()
        from lsp_server.protocol.opening import open_session

        self._session = open_session(self._make_host(), self._wire, params, profile)

        protocol = self._session.server.protocol
        protocol.on_exit = self._leave
        protocol.on_shutdown = self._session.close
        self._wire.on_body = protocol.receive
        gc.enable()

    async def _follow(self, end: Coroutine[Any, Any, None]) -> None:
        await end
        _log.warning("The editor's process is gone.")
        self._leave(1)

    def _hang_up(self) -> None:
        was_shut_down = self._session is not None and self._session.server.protocol.was_shut_down
        self._leave(0 if was_shut_down else 1)

    def _leave(self, code: int) -> None:
        if self._code is not None and not self._code.done():
            self._code.set_result(code)
            self._leaving(code)

    def _end(self) -> None:
        if self._parent is not None:
            self._parent.cancel()
        self._wire.stop()
        if self._session is not None:
            _close_quietly(self._session.close)


def _close_quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except Exception:  # noqa: BLE001 - the process ends in any case
        _log.exception("Could not put everything in order at the end.")
