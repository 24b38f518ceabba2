"""workspace/textDocumentContent: the text of an answer that the editor shows."""

from lsprotocol import types

from lsp_server.protocol.session import Session

_GONE = "This answer is not kept any more. Ask again.\n"


def answer_document(
    session: Session, params: types.TextDocumentContentParams
) -> types.TextDocumentContentResult:
    """Return the answer as it is now."""
    text = session.answers.text_of(params.uri)
    return types.TextDocumentContentResult(text=_GONE if text is None else text)
