"""Brings an edit into the editor, only if every document is still the one it was made for."""

import difflib
import logging
from pathlib import Path

from lsprotocol import types

from lsp_server.common.edits import FileEdit, apply_edits
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import split_lines
from lsp_server.features.values import EditOutcome, Verdict
from lsp_server.protocol.answers.delivery import view_for
from lsp_server.protocol.answers.written import new_file, write_privately
from lsp_server.protocol.documents import snapshot_of_file
from lsp_server.protocol.editor.workspace_edit import Change, workspace_edit
from lsp_server.protocol.session import Session

_log = logging.getLogger(__name__)
_NO_NEWLINE = "\n\\ No newline at end of file\n"


async def apply_outcome(session: Session, outcome: EditOutcome) -> None:
    """Send the edit and tell the user how it ended.

    A stale edit, or one outside the workspace, is refused here and never sent. Where the editor
    cannot take the edit, the user gets it as a diff.
    """
    changes = []
    for file in outcome.files:
        change = _change(session, file)
        if isinstance(change, str):
            session.show(change, types.MessageType.Warning)
            return
        changes.append(change)
    if not session.profile.apply_edit or not _can_create(session, outcome):
        await _show_diff(session, outcome, changes)
        return
    refused = await _send(session, outcome, changes)
    if refused is not None:
        session.show(refused, types.MessageType.Warning)
    elif outcome.proof.verdict is Verdict.UNPROVEN and outcome.proof.sentence:
        session.show(outcome.proof.sentence)


def _change(session: Session, file: FileEdit) -> Change | str:
    """Return the change of one file, or why it must not be made."""
    document = session.documents.at_path(file.path)
    if document is not None:
        if file.version == document.version:
            return Change(document.snapshot, file)
        return f"{file.path.name} has changed meanwhile, so nothing was edited. Try again."
    if not _is_inside(file.path, session.roots):
        return f"{file.path.name} lies outside the workspace, so nothing was edited."
    if file.creates:
        return _new_file(file)
    snapshot = snapshot_of_file(file.path)
    if snapshot is None or file.version is not None:
        return f"{file.path.name} is not open any more, so nothing was edited."
    return Change(snapshot, file)


def _new_file(file: FileEdit) -> Change | str:
    if file.path.exists():
        return f"{file.path.name} exists already, so nothing was edited."
    return Change(Snapshot.of_text("", language="plaintext", path=file.path), file)


def _is_inside(path: Path, roots: tuple[Path, ...]) -> bool:
    """Whether the real path lies in a root; a link out of the workspace is outside."""
    real = path.resolve()
    return any(real.is_relative_to(root.resolve()) for root in roots)


def _can_create(session: Session, outcome: EditOutcome) -> bool:
    creates = any(file.creates for file in outcome.files)
    profile = session.profile
    return not creates or (profile.new_files and profile.versioned_edits)


async def _send(session: Session, outcome: EditOutcome, changes: list[Change]) -> str | None:
    """Send the edit; returns what the user should know if it was not made."""
    params = types.ApplyWorkspaceEditParams(
        edit=workspace_edit(session.profile, outcome, changes),
        label=outcome.label,
        metadata=_metadata(session),
    )
    if not session.profile.confirms_edits:
        session.server.workspace_apply_edit(params)
        return None
    try:
        result = await session.server.workspace_apply_edit_async(params)
    except Exception as error:  # noqa: BLE001 - whatever the editor replied, it is a no
        _log.info("The editor failed on an edit: %s.", type(error).__name__)
        return "The editor could not make the edit; nothing was changed."
    if result.applied:
        return None
    reason = (result.failure_reason or "").strip()
    return f"The edit was not made{f': {reason}' if reason else ''}."


def _metadata(session: Session) -> types.WorkspaceEditMetadata | None:
    can = session.profile.edit_metadata
    return types.WorkspaceEditMetadata(is_refactoring=False) if can else None


async def _show_diff(session: Session, outcome: EditOutcome, changes: list[Change]) -> None:
    """Show the edit where the user can read it; the patch also stands in a file of its own."""
    patch = "".join(map(_diff, changes))
    path = new_file(session, ".diff")
    write_privately(path, patch)
    where = f"This editor cannot make the edit. `git apply` takes it from {path}."
    if session.profile.show_document:
        text = f"# {outcome.label}\n\n{where}\n\n{outcome.proof.sentence}\n\n```diff\n{patch}```\n"
        view = view_for(session)
        await view.open(text)
        await view.finish(text)
    else:
        session.show(f"{outcome.label}: {where}", types.MessageType.Warning)


def _diff(change: Change) -> str:
    """Return the change as a unified diff that `patch` and `git apply` take."""
    name = change.file.path.as_posix()
    before = [line for line in change.snapshot.lines if line]
    edited = apply_edits(change.snapshot.lines, change.file.edits)
    after = [line for line in split_lines(edited) if line]
    source = "/dev/null" if change.file.creates else name
    lines = difflib.unified_diff(before, after, source, name)
    return "".join(line if line.endswith("\n") else f"{line}{_NO_NEWLINE}" for line in lines)
