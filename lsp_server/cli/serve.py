"""`tandem-ls` without a command: the server on standard input and output."""

from typing import TYPE_CHECKING, NoReturn

from lsp_server import __version__
from lsp_server.protocol.wire.serve import serve

if TYPE_CHECKING:
    from lsp_server.protocol.feature_set import Host


def serve_editor() -> NoReturn:
    """Serve the editor on standard input and output until it leaves; ends the process."""
    serve(__version__, _host)


def _host() -> "Host":
    # Imported only now: the editor got its answer to `initialize` without waiting for it.
    from lsp_server.cli.hosting import host

    return host()
