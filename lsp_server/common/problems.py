"""What checks find."""

from dataclasses import dataclass
from enum import StrEnum

from lsp_server.common.text import Span


class Severity(StrEnum):
    """How bad a problem is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a check, or one diagnostic that the editor showed.

    `check` names who found it ("syntax", "ruff", or the diagnostic's source), `rule` its code.
    """

    check: str
    rule: str
    message: str
    span: Span
    severity: Severity = Severity.ERROR
    symbol: str = ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes two findings the same across an edit; the line is not part of it."""
        return (self.check, self.rule, self.message, self.symbol)
