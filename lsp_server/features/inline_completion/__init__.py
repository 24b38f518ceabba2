"""Text offered at the cursor while the user types."""

from lsp_server.features.inline_completion.feature import Helpers, InlineCompletion

__all__ = ["Helpers", "InlineCompletion"]
