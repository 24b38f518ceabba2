"""How messages stand in a byte stream: LSP 3.18, base protocol."""

import logging
from collections.abc import Iterator

_HEAD_END = b"\r\n\r\n"
_MOST_HEADER = 64 * 1024
_log = logging.getLogger(__name__)


def framed(body: bytes) -> bytes:
    """Return `body` with the header that announces it."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Frames:
    """Cuts a byte stream into message bodies; header names may have any case.

    A header without a usable length is dropped and reading goes on behind it.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length = -1

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes of the stream and yield each body that they complete."""
        self._buffer += data
        while True:
            if self._length < 0 and not self._take_header():
                return
            if len(self._buffer) < self._length:
                return
            body = bytes(self._buffer[: self._length])
            del self._buffer[: self._length]
            self._length = -1
            yield body

    def _take_header(self) -> bool:
        """Read headers until one tells a length; False when more bytes are needed."""
        while (end := self._buffer.find(_HEAD_END)) >= 0:
            header = bytes(self._buffer[:end])
            del self._buffer[: end + len(_HEAD_END)]
            self._length = _content_length(header)
            if self._length >= 0:
                return True
            _log.error("Dropped a message header without a usable Content-Length.")
        if len(self._buffer) > _MOST_HEADER:
            _log.error("Dropped %d bytes that hold no message header.", len(self._buffer))
            self._buffer.clear()
        return False


def _content_length(header: bytes) -> int:
    for line in header.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return -1
