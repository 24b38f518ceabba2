"""Real packages in five languages, put up as small projects that their own tools accept.

They come from where the machine has them already, or by the usual client of the language: our own
environment, the Go distribution, cargo, npm and Maven.
"""

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SMALLEST, _LARGEST = 1_500, 40_000
_PYTHON = ("rich", "httpx", "pygls", "markdown_it", "ollama")
_GO = ("text/tabwriter", "encoding/csv", "text/scanner", "container/list", "encoding/hex", "html")
_RUST = ("itoa", "strsim", "smallvec", "percent-encoding", "fnv", "httparse")
_ZOD, _TYPESCRIPT = "zod@3.25.76", "typescript@5.9.3"
_JAVA = ("commons-cli:commons-cli:1.5.0", "commons-codec:commons-codec:1.15")


@dataclass(frozen=True)
class Project:
    """A project on disk and the source files that faults are put into."""

    language: str
    root: Path
    files: tuple[Path, ...]


class Missing(Exception):
    """A language's tool or package is not to be had here."""


def projects(home: Path, language: str) -> Iterator[Project]:
    """Put up the projects of a language below `home`; raises `Missing`."""
    yield from _MAKERS[language](home / language)


def output_of(*argv: str, folder: Path | None = None) -> str:
    """Return what a program prints; raises `Missing` where it is not there or fails."""
    program = shutil.which(argv[0])
    if program is None:
        raise Missing(f"{argv[0]} is not installed")
    ran = subprocess.run(
        [program, *argv[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise Missing(f"{' '.join(argv[:3])} failed: {(ran.stderr or ran.stdout).strip()[-300:]}")
    return ran.stdout.strip()


def _project(language: str, root: Path, sources: Path, suffix: str) -> Project:
    files = sorted(
        path
        for path in sources.rglob(f"*{suffix}")
        if _SMALLEST < path.stat().st_size < _LARGEST and "test" not in path.as_posix().lower()
    )
    return Project(language, root, tuple(files))


def _python(home: Path) -> Iterator[Project]:
    for name in _PYTHON:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            continue
        root = home / name
        kept = shutil.ignore_patterns("__pycache__", "*.so")
        shutil.copytree(spec.submodule_search_locations[0], root / name, ignore=kept)
        yield _project("python", root, root / name, ".py")


def _go(home: Path) -> Iterator[Project]:
    library = Path(output_of("go", "env", "GOROOT")) / "src"
    for name in _GO:
        root = home / name.replace("/", "-")
        package = root / Path(name).name
        without_tests = shutil.ignore_patterns("*_test.go", "testdata")
        shutil.copytree(library / name, package, ignore=without_tests)
        (root / "go.mod").write_text("module example.org/real\n\ngo 1.21\n")
        yield _project("go", root, package, ".go")


def _rust(home: Path) -> Iterator[Project]:
    home.mkdir(parents=True)
    for name in _RUST:
        root = home / name
        unwanted = shutil.ignore_patterns("benches", "tests", "fuzz")
        shutil.copytree(crate(home, name), root, ignore=unwanted)
        by_itself(root)
        yield _project("rust", root, root / "src", ".rs")


def crate(home: Path, named: str) -> Path:
    """Return the folder of a crate's sources, got by cargo; `named` is NAME or NAME=VERSION."""
    name, _, version = named.partition("=")
    asking = home / f"{name}-asking"
    (asking / "src").mkdir(parents=True)
    (asking / "src" / "lib.rs").touch()
    wanted = f"={version}" if version else "*"
    (asking / "Cargo.toml").write_text(
        '[package]\nname = "asking"\nversion = "0.1.0"\nedition = "2021"\n'
        f'[dependencies]\n{name} = "{wanted}"\n'
    )
    output_of("cargo", "fetch", folder=asking)
    told = output_of("cargo", "metadata", "--format-version=1", "--offline", folder=asking)
    found = next(one for one in json.loads(told)["packages"] if one["name"] == name)
    return Path(found["manifest_path"]).parent


def by_itself(root: Path) -> None:
    """Leave of a crate's manifest what the crate itself needs, and no workspace around it."""
    manifest = (root / "Cargo.toml").read_text()
    kept = re.split(r"\n\[(?:dev-dependencies|\[bench\]|\[test\])", manifest)[0]
    kept = kept.replace("autotests = false\n", "")
    (root / "Cargo.toml").write_text(f"{kept}\n[workspace]\n")
    (root / "Cargo.lock").unlink(missing_ok=True)
    # Also what is optional must be at hand: cargo asks for all of it when it may ask nobody else.
    output_of("cargo", "fetch", folder=root)


def _typescript(home: Path) -> Iterator[Project]:
    root = home / "zod"
    zod_project(root)
    yield _project("typescript", root, root / "src", ".ts")


def zod_project(root: Path, *more: str) -> None:
    """Put zod's sources up as a project of its own, with TypeScript and `more` installed."""
    root.mkdir(parents=True)
    (root / "package.json").write_text('{"name": "real", "private": true, "type": "module"}\n')
    npm = ("npm", "install", "--no-audit", "--no-fund", "--silent")
    output_of(*npm, _ZOD, _TYPESCRIPT, *more, folder=root)
    sources = root / "node_modules" / "zod" / "src" / "v3"
    if not sources.is_dir():
        raise Missing("this release of zod brings no sources")
    shutil.copytree(sources, root / "src", ignore=shutil.ignore_patterns("tests", "benchmarks"))
    (root / "tsconfig.json").write_text(
        '{"compilerOptions": {"strict": true, "target": "es2022", "module": "nodenext", '
        '"skipLibCheck": true, "types": []}, "include": ["src"]}\n'
    )


def _java(home: Path) -> Iterator[Project]:
    for artifact in _JAVA:
        root = home / artifact.split(":")[1]
        yield _project("java", root, java_sources(artifact, root), ".java")


def java_sources(artifact: str, root: Path) -> Path:
    """Put the sources of GROUP:ARTIFACT:VERSION up below `root`, and return their folder."""
    sources = root / "src" / "main" / "java"
    sources.mkdir(parents=True)
    copied = f"-Dartifact={artifact}:jar:sources"
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
    output_of("mvn", "-q", "-B", goal, copied, f"-DoutputDirectory={root}", folder=root)
    jar = next(root.glob("*-sources.jar"))
    shutil.unpack_archive(jar, sources, format="zip")
    jar.unlink()
    return sources


_MAKERS: dict[str, Callable[[Path], Iterator[Project]]] = {
    "python": _python,
    "go": _go,
    "rust": _rust,
    "typescript": _typescript,
    "java": _java,
}
LANGUAGES = tuple(_MAKERS)
