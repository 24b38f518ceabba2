"""JavaScript's and TypeScript's imports: files, Node's own modules, node_modules, package.json."""

import json
import re
from typing import Any

from lsp_server.checks.environment import Surroundings
from lsp_server.checks.imports.found import Import, manifests, matches, text_of
from lsp_server.checks.subject import Subject

_STATEMENT = re.compile(
    r"""(?:\bfrom\s*|^\s*import\s*|\brequire\s*\(\s*|\bimport\s*\(\s*)["']([^"'\n]+)["']""",
    re.MULTILINE,
)
# `require("node:module").builtinModules` of Node 22, without those that begin with an underscore.
_NODE = frozenset(
    "assert async_hooks buffer child_process cluster console constants crypto dgram dns domain "
    "events fs http http2 https inspector module net os path perf_hooks process punycode "
    "querystring readline repl stream string_decoder sys test timers tls trace_events tty url util "
    "v8 vm wasi worker_threads zlib".split()
)
_ENDINGS = ("", ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte")


async def unknown_scripts(subject: Subject, _: Surroundings) -> list[Import]:
    """Return imports of files that do not exist and of packages that are nowhere."""
    known = _declared(subject)
    aliases = _aliases(subject)
    return [
        found
        for found in matches(_STATEMENT, subject.text)
        if not found.name.startswith(aliases)
        and not (
            _is_file(found.name, subject)
            if found.name[0] == "."
            else _is_package(found.name, subject, known)
        )
    ]


def _is_file(name: str, subject: Subject) -> bool:
    base = subject.path.parent / name
    stem = re.sub(r"\.[mc]?jsx?$", "", str(base))
    candidates = [f"{start}{end}" for start in (str(base), stem) for end in _ENDINGS]
    found = (type(base)(candidate) for candidate in candidates)
    return any(path.exists() for path in found)


def _is_package(name: str, subject: Subject, known: frozenset[str]) -> bool:
    if name.startswith(("node:", "#", "/", "virtual:", "http:", "https:")):
        return True
    parts = name.split("/")
    package = "/".join(parts[:2]) if name.startswith("@") else parts[0]
    if parts[0] in _NODE or package in known or f"@types/{package}" in known:
        return True
    folders = [subject.root / folder / "node_modules" for folder in subject.relative.parents]
    return any((folder / package).exists() for folder in folders)


def _declared(subject: Subject) -> frozenset[str]:
    names = set[str]()
    for path in manifests(subject, "package.json"):
        found = _json(text_of(path))
        names.add(str(found.get("name", "")))
        for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
            names.update(found.get(key) or {})
    return frozenset(names)


def _aliases(subject: Subject) -> tuple[str, ...]:
    """Return the beginnings of paths that tsconfig or jsconfig maps elsewhere."""
    texts = [text_of(path) for path in manifests(subject, "tsconfig*.json", "jsconfig.json")]
    paths = [
        match for text in texts for match in re.findall(r'"paths"\s*:\s*\{(.*?)\}', text, re.DOTALL)
    ]
    return tuple(name for text in paths for name in re.findall(r'"([^"*]+)\*?"\s*:', text))


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
