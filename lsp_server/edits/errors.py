"""Why a model's text could not become an edit, as one tree."""

from lsp_server.common.errors import TandemError


class EditError(TandemError):
    """A model's text cannot be applied. `reflection` is what the model is told to do better."""

    def __init__(self, sentence: str, reflection: str) -> None:
        super().__init__(sentence)
        self.reflection = reflection


class NoCode(EditError):
    """The text holds nothing that could be applied."""


class ManyBlocks(EditError):
    """The text holds several pieces of code, and nothing says which one is meant."""


class AnchorMissing(EditError):
    """What the text wants to replace does not stand in the file."""


class AnchorAmbiguous(EditError):
    """What the text wants to replace stands in the file more than once."""


class BadBlock(EditError):
    """A search/replace block or a hunk is not well-formed."""


class Elided(EditError):
    """The text leaves code out ("the rest stays as it is") where all of it was needed."""


class WrongFile(EditError):
    """The text wants to change another file than the one asked for."""


class NotTheTarget(EditError):
    """The code in the text is not the piece that was asked for."""


class NothingChanged(EditError):
    """The text says what already stands in the file."""
