"""What a command cannot work with."""

from lsp_server.common.errors import TandemError


class WrongUsage(TandemError):
    """An argument names something that is not there; the command ends with ExitCode.USAGE."""
