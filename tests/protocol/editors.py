"""What editors announce, as far as it matters here; the fields that no flag reads are left out.

Taken from the clients' sources: vscode-languageclient 11.0, Neovim 0.11 and 0.12 (with this
project's plugin and without), Helix 25.07, Eglot 1.24, lsp-mode 10.0, LSP4IJ 0.20, Zed (summer of
2026). lsp-mode asks for inline completions where a server offers them, but does not announce it.
"""

from typing import Any


def _announced(
    encodings: list[str] | None,
    workspace: dict[str, Any],
    text: dict[str, Any],
    window: dict[str, Any],
) -> dict[str, Any]:
    general = {} if encodings is None else {"positionEncodings": encodings}
    return {"general": general, "workspace": workspace, "textDocument": text, "window": window}


def _action(**more: Any) -> dict[str, Any]:
    literals = {"codeActionKind": {"valueSet": ["", "quickfix", "refactor"]}}
    return {"codeActionLiteralSupport": literals, "isPreferredSupport": True, **more}


_CREATE = ["create", "rename", "delete"]
_WATCHED = {"dynamicRegistration": True}
_PROGRESS = {"workDoneProgress": True}
_SHOWS = {**_PROGRESS, "showDocument": {"support": True}}
_ANNOTATED = {"changeAnnotationSupport": {"groupsOnLabel": True}}
_VERSIONED = {"documentChanges": True, "resourceOperations": _CREATE}

EDITORS: dict[str, dict[str, Any]] = {
    "Visual Studio Code": _announced(
        ["utf-16"],
        {
            "applyEdit": True,
            "workspaceEdit": {**_VERSIONED, **_ANNOTATED, "metadataSupport": True},
            "configuration": True,
            "didChangeConfiguration": _WATCHED,
            "didChangeWatchedFiles": _WATCHED,
            "textDocumentContent": {"dynamicRegistration": True},
        },
        {
            "inlineCompletion": {"dynamicRegistration": True},
            "codeAction": _action(disabledSupport=True, tagSupport={"valueSet": [1]}),
        },
        _SHOWS,
    ),
    "Neovim 0.11": _announced(
        ["utf-8", "utf-16", "utf-32"],
        {
            "applyEdit": True,
            "workspaceEdit": {"resourceOperations": ["rename", "create", "delete"]},
            "configuration": True,
            "didChangeConfiguration": {"dynamicRegistration": False},
            "didChangeWatchedFiles": {"dynamicRegistration": False},
        },
        {"codeAction": _action()},
        _SHOWS,
    ),
    "Neovim 0.12": _announced(
        ["utf-8", "utf-16", "utf-32"],
        {
            "applyEdit": True,
            "workspaceEdit": {**_VERSIONED, **_ANNOTATED},
            "configuration": True,
            "didChangeWatchedFiles": {"dynamicRegistration": False},
        },
        {"inlineCompletion": {}, "codeAction": _action(disabledSupport=True)},
        _SHOWS,
    ),
    "helix": _announced(
        ["utf-8", "utf-32", "utf-16"],
        {
            "applyEdit": True,
            "workspaceEdit": _VERSIONED,
            "configuration": True,
            "didChangeConfiguration": {"dynamicRegistration": False},
            "didChangeWatchedFiles": _WATCHED,
        },
        {"codeAction": _action(disabledSupport=True)},
        _PROGRESS,
    ),
    "Emacs": _announced(
        ["utf-32", "utf-8", "utf-16"],
        {
            "applyEdit": True,
            "workspaceEdit": {"documentChanges": True},
            "configuration": True,
            "didChangeWatchedFiles": _WATCHED,
        },
        {"codeAction": _action()},
        _SHOWS,
    ),
    "emacs lsp-mode": _announced(
        ["utf-32", "utf-8", "utf-16"],
        {
            "applyEdit": True,
            "workspaceEdit": _VERSIONED,
            "configuration": True,
            "didChangeWatchedFiles": _WATCHED,
        },
        {"codeAction": _action()},
        _SHOWS,
    ),
    "Zed": _announced(
        ["utf-16"],
        {
            "applyEdit": True,
            "workspaceEdit": _VERSIONED,
            "configuration": True,
            "didChangeConfiguration": _WATCHED,
            "didChangeWatchedFiles": _WATCHED,
        },
        {"codeAction": _action()},
        _PROGRESS,
    ),
    "LSP4IJ": _announced(
        ["utf-16"],
        {
            "applyEdit": True,
            "workspaceEdit": _VERSIONED,
            "configuration": True,
            "didChangeWatchedFiles": _WATCHED,
        },
        {"inlineCompletion": {}, "codeAction": _action()},
        _SHOWS,
    ),
}


def announced_by(name: str) -> dict[str, Any]:
    """Return the params of `initialize` as this editor sends them."""
    return {"clientInfo": {"name": name}, "capabilities": EDITORS[name]}
