"""HTTP to one model server, with everything that breaks said in Tandem's own errors."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lsp_server.models.errors import StreamBroken, Unreachable

if TYPE_CHECKING:
    import httpx

_CONNECT_SECONDS = 3.0
_WRITE_SECONDS = 30.0
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is told of a server at an address that is away, or whose answer broke off."""

    away: Callable[[str], Unreachable]
    broken: Callable[[str, str], StreamBroken]


class Connection:
    """Requests to the server at `url`; `opened` makes the HTTP client when one is needed."""

    def __init__(
        self, url: str, troubles: Troubles, opened: Callable[[str], "httpx.AsyncClient"]
    ) -> None:
        self.url = url
        self._troubles = troubles
        self._opened = opened
        self._http: httpx.AsyncClient | None = None
        self._closed = False

    @asynccontextmanager
    async def request(
        self, method: str, path: str, body: Body | None = None, silence: float | None = None
    ) -> AsyncIterator["httpx.Response"]:
        """Send `body` as JSON to `path` below the address, or to a whole URL.

        Leaving the context closes the connection, which ends the work at the server. `silence` is
        the most seconds without a byte. Raises Unreachable, also once it is closed, and
        StreamBroken.
        """
        if self._closed:
            raise self._troubles.away(self.url)
        if self._http is None:
            await self._knock()
        import httpx

        timeout = httpx.Timeout(
            connect=_CONNECT_SECONDS, read=silence, write=_WRITE_SECONDS, pool=None
        )
        if self._http is None:
            self._http = self._opened(self.url)
        # Escaped JSON: a lone surrogate, which an editor can send, has no UTF-8.
        content = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        sent = self._http.stream(method, path, content=content, headers=headers, timeout=timeout)
        try:
            async with sent as response:
                yield response
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise self._troubles.away(self.url) from error
        except httpx.ReadTimeout as error:
            raise self._troubles.broken(self.url, f"no word for {silence:g} seconds") from error
        except httpx.HTTPError as error:
            raise self._troubles.broken(self.url, type(error).__name__) from error

    async def close(self) -> None:
        """Close all connections, for good: whoever tries again must not come back here."""
        self._closed = True
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _knock(self) -> None:
        """Raise Unreachable unless something listens at the address.

        Importing the HTTP client takes a fifth of a second and 20 MB, which a machine without a
        model server need not pay.
        """
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                _, writer = await asyncio.open_connection(parts.hostname, port)
        except OSError as error:
            raise self._troubles.away(self.url) from error
        writer.close()
