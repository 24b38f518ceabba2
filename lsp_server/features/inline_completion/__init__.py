"""Text offered at the cursor while the user types."""

from lsp_server.features.inline_completion.feature import InlineCompletion
from lsp_server.features.inline_completion.streams import Helpers

__all__ = ["Helpers", "InlineCompletion"]
