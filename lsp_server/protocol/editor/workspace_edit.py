"""Edits of files as one `WorkspaceEdit`, as far as the client understands it."""

from dataclasses import dataclass

from lsprotocol import types

from lsp_server.common.edits import FileEdit
from lsp_server.common.snapshot import Snapshot
from lsp_server.features.values import EditOutcome, Verdict
from lsp_server.protocol.convert import to_text_edit
from lsp_server.protocol.editor.profile import ClientProfile

_ANNOTATION = "tandem"
_Operation = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


@dataclass(frozen=True, slots=True)
class Change:
    """Edits of one file and the text that they were made for."""

    snapshot: Snapshot
    file: FileEdit


def workspace_edit(
    profile: ClientProfile, outcome: EditOutcome, changes: list[Change]
) -> types.WorkspaceEdit:
    """Return the edit with document versions and annotations where they are understood.

    With an unproven edit the editor is asked to let the user confirm it.
    """
    if not profile.versioned_edits:
        return types.WorkspaceEdit(
            changes={change.snapshot.uri: _plain(profile, change) for change in changes}
        )
    operations: list[_Operation] = []
    for change in changes:
        if change.file.creates:
            operations.append(types.CreateFile(change.snapshot.uri))
        operations.append(_document_edit(profile, change))
    annotations = None
    if profile.change_annotations:
        annotations = {
            _ANNOTATION: types.ChangeAnnotation(
                label=outcome.label,
                needs_confirmation=outcome.proof.verdict is not Verdict.PROVEN,
                description=outcome.proof.sentence or None,
            )
        }
    return types.WorkspaceEdit(document_changes=operations, change_annotations=annotations)


def _document_edit(profile: ClientProfile, change: Change) -> types.TextDocumentEdit:
    edits: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text)
        if profile.change_annotations
        else edit
        for edit in _plain(profile, change)
    ]
    identifier = types.OptionalVersionedTextDocumentIdentifier(
        uri=change.snapshot.uri, version=change.snapshot.version
    )
    return types.TextDocumentEdit(text_document=identifier, edits=edits)


def _plain(profile: ClientProfile, change: Change) -> list[types.TextEdit]:
    lines = change.snapshot.lines
    return [to_text_edit(edit, lines, profile.encoding) for edit in change.file.edits]
