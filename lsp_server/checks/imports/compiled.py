"""The imports of Go, Rust and Java: standard library, manifest, workspace."""

import re
import tomllib
from pathlib import Path
from typing import Any

from lsp_server.checks.environment import Surroundings
from lsp_server.checks.imports.found import Import, manifests, matches, text_of
from lsp_server.checks.subject import Subject

_GO_BLOCK = re.compile(
    r"^import\s*\((.*?)\)|^import\s+(?:[\w.]+\s+)?(\"[^\"]+\")", re.MULTILINE | re.DOTALL
)
_GO_PATH = re.compile(r'"([^"\n]+)"')


async def unknown_go(subject: Subject, _: Surroundings) -> list[Import]:
    """Return imports of packages outside the standard library that go.mod does not require."""
    module, required = _go_modules(subject)
    if not module:
        return []
    found = list[Import]()
    for block in _GO_BLOCK.finditer(subject.text):
        above = subject.text.count("\n", 0, block.start())
        found += [Import(i.name, above + i.line) for i in matches(_GO_PATH, block[0])]
    return [one for one in found if not _go_known(one.name, module, required, subject)]


def _go_known(name: str, module: str, required: tuple[str, ...], subject: Subject) -> bool:
    if "." not in name.split("/", maxsplit=1)[0] and not name.startswith(module):
        return True
    if name == module or name.startswith(f"{module}/"):
        home = next(manifests(subject, "go.mod")).parent
        return (home / name.removeprefix(module).lstrip("/")).is_dir()
    return any(name == path or name.startswith(f"{path}/") for path in required)


def _go_modules(subject: Subject) -> tuple[str, tuple[str, ...]]:
    path = next(manifests(subject, "go.mod"), None)
    if path is None:
        return "", ()
    text = text_of(path)
    module = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
    required = re.findall(r"^\s*(?:require\s+)?([\w.-]+\.[\w./~-]+)\s+v\d", text, re.MULTILINE)
    return (module[1] if module else ""), tuple(required)


_USE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?use[ \t]+(?:::)?([a-z_]\w*)::", re.MULTILINE)
_RUST_OWN = frozenset({"crate", "self", "super", "std", "core", "alloc", "proc_macro", "test"})


async def unknown_rust(subject: Subject, _: Surroundings) -> list[Import]:
    """Return uses of crates that Cargo.toml does not name and that are no module of the crate."""
    crates = _rust_crates(subject)
    if not crates:
        return []
    local = set(re.findall(r"\bmod\s+(\w+)", subject.text))
    local |= {path.stem for path in subject.path.parent.glob("*.rs")}
    local |= (
        {path.name for path in subject.path.parent.iterdir() if path.is_dir()}
        if (subject.path.parent.is_dir())
        else set()
    )
    known = _RUST_OWN | crates | local
    return [found for found in matches(_USE, subject.text) if found.name not in known]


def _rust_crates(subject: Subject) -> set[str]:
    names = set[str]()
    for path in manifests(subject, "Cargo.toml"):
        try:
            found = tomllib.loads(text_of(path))
        except tomllib.TOMLDecodeError:
            continue
        names |= _rust_names(found)
    return {name.replace("-", "_") for name in names}


def _rust_names(table: dict[str, Any]) -> set[str]:
    names = {str(table["package"]["name"])} if "name" in table.get("package", {}) else set()
    for key, value in table.items():
        if key.endswith("dependencies") and isinstance(value, dict):
            names |= set(value)
        elif key in ("workspace", "target") and isinstance(value, dict):
            tables = [value] if key == "workspace" else list(value.values())
            names |= {
                name for inner in tables if isinstance(inner, dict) for name in _rust_names(inner)
            }
    return names


_JAVA = re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)", re.MULTILINE)
_JAVA_OWN = ("java.", "javax.", "jdk.", "sun.", "com.sun.", "org.w3c.dom", "org.xml.sax")


async def unknown_java(subject: Subject, _: Surroundings) -> list[Import]:
    """Return imports of packages that no source folder holds and no manifest's group begins."""
    texts = [text_of(path) for path in manifests(subject, "pom.xml", "build.gradle*")]
    if not texts:
        return []
    return [
        found
        for found in matches(_JAVA, subject.text)
        if not found.name.startswith(_JAVA_OWN)
        and not any(".".join(found.name.split(".")[:2]) in text for text in texts)
        and not _java_package(found.name, subject)
    ]


def _java_package(name: str, subject: Subject) -> bool:
    """Whether a source folder of this project, or of one beside it, holds the package."""
    package = Path(*(part for part in name.split(".") if part and part[0].islower()))
    places = ("", "src", "src/main/java", "src/test/java", "src/main/kotlin")
    folders = (subject.root / folder for folder in subject.relative.parents)
    own = any((folder / place / package).is_dir() for folder in folders for place in places)
    return own or any(
        found.is_dir()
        for place in places[1:]
        for found in subject.root.glob(f"*/{place}/{package}")
    )
