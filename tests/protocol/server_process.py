"""A server with made-up features as a process of its own.

The environment variable FAKE says what its features do.
"""

import asyncio
import os
import sys
import time

from lsp_server.common.snapshot import Place
from lsp_server.features.values import Suggestion
from lsp_server.protocol.wire.serve import serve
from tests.protocol.fakes import Fakes


async def _forever() -> None:
    clung = 0
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            clung += 1


def _features() -> Fakes:
    what = os.environ.get("FAKE", "")
    if what == "clinging":
        return Fakes(suggest_text=lambda place, invoked: _forever())
    if what == "closing for long":
        return _ClosesForLong()
    if what == "printing":
        return Fakes(suggest_text=_print_first)
    return Fakes()


def _print_first(place: Place, _invoked: object) -> Suggestion:
    sys.stdout.write("This goes to standard error.\n")
    sys.stdout.flush()
    os.write(1, b"So does this.\n")
    return Suggestion(place.span, "hello", "model")


class _ClosesForLong(Fakes):
    def close(self) -> None:
        time.sleep(60)


if __name__ == "__main__":
    serve("1.2.3", _features().host)
