"""Settings from the editor, and what the editor is asked to tell us."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types

from lsp_server.common.languages import LANGUAGES
from lsp_server.protocol.editor.capabilities import announces_list_item
from lsp_server.protocol.session import Session

_SECTION = "tandem"
_PROJECT_FILE = "tandem.yaml"
_SECONDS = 5.0
_log = logging.getLogger(__name__)


async def pull_settings(session: Session) -> None:
    """Ask for our section of the settings; null or silence leaves the settings as they are."""
    item = types.ConfigurationItem(section=_SECTION)
    params = types.ConfigurationParams(items=[item])
    try:
        async with asyncio.timeout(_SECONDS):
            values = await session.server.workspace_configuration_async(params)
    except Exception as error:  # noqa: BLE001 - an editor without an answer keeps the settings
        _log.info("The editor did not tell its settings: %s.", type(error).__name__)
        return
    first = values[0] if isinstance(values, list | tuple) and values else None
    if isinstance(first, Mapping) and not session.is_closed:
        take_settings(session, first)


def take_settings(session: Session, values: Mapping[str, Any]) -> None:
    """Lay new values over the settings and announce what they ask for."""
    session.change_settings(values)
    offer_list_item(session)


def offer_list_item(session: Session) -> None:
    """Announce `textDocument/completion` if a setting asks for it that came after the greeting.

    Some settings stand in files or are pulled, and both are read only then.
    """
    setting = session.settings.completion.list_item
    wanted = announces_list_item(session.profile, setting.value)
    if wanted and not session.has_list_item and session.profile.registers_completion:
        session.has_list_item = True
        options = types.CompletionRegistrationOptions(resolve_provider=False)
        registration = _registration(types.TEXT_DOCUMENT_COMPLETION, options)
        session.server.client_register_capability(types.RegistrationParams([registration]))


def register_with_client(session: Session) -> None:
    """Ask to be told of changed settings and of files changed outside the editor."""
    profile = session.profile
    registrations = []
    if profile.registers_configuration:
        registrations.append(
            _registration(
                types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                types.DidChangeConfigurationRegistrationOptions(section=_SECTION),
            )
        )
    # Emacs puts one watch on each folder below the root, which can take all that it has.
    if profile.registers_watchers and not profile.name.lower().startswith("emacs"):
        watched = [types.FileSystemWatcher(pattern) for pattern in _patterns()]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watched)
        registrations.append(_registration(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    else:
        session.features.watcher.watch_disk(partial(take_changed_files, session))
    if registrations:
        session.server.client_register_capability(types.RegistrationParams(registrations))


def _registration(method: str, options: object) -> types.Registration:
    return types.Registration(id=f"tandem:{method}", method=method, register_options=options)


def _patterns() -> tuple[str, ...]:
    """Return what is watched: files of known languages, and what says which of them count."""
    suffixes = sorted({suffix[1:] for language in LANGUAGES for suffix in language.suffixes})
    return f"**/*.{{{','.join(suffixes)}}}", "**/.gitignore", "**/go.mod"


def take_changed_files(session: Session, paths: Sequence[Path]) -> None:
    """Pass on what changed on disk, whoever noticed it; a changed project file counts at once."""
    if any(path.name == _PROJECT_FILE and path.parent in session.roots for path in paths):
        session.reload_settings()
    session.features.watcher.files_changed(paths)
