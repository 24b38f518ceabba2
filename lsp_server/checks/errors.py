"""Why a check has nothing to say, as one tree."""

from lsp_server.common.errors import TandemError


class CheckError(TandemError):
    """A check did not come to an end; this is no finding about the code."""


class ToolMissing(CheckError):
    """The program could not be started."""


class ToolTimeout(CheckError):
    """The program took longer than it may."""


class TextTooLarge(CheckError):
    """The text has more characters than the check may look through."""


class ToolFlood(CheckError):
    """The program wrote more than it may."""


class ToolUnreadable(CheckError):
    """The program's output is not what it promises."""


class WorkspaceTooLarge(CheckError):
    """The workspace holds more than is copied for a check that writes beside what it reads."""


class OutsideWorkspace(CheckError):
    """The file does not lie in the workspace, or only through a link that leads out of it."""
