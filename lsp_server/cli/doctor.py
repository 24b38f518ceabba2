"""`tandem-ls doctor [FOLDER]`: what Tandem finds on this machine, and what to do about it."""

import argparse
import platform
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from lsp_server import __version__
from lsp_server.cli.errors import WrongUsage
from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.showing.scratch import sources_below
from lsp_server.cli.terminal import output, print_json, progress_line
from lsp_server.cli.where import workspace_of
from lsp_server.cli.working import add_common_options
from lsp_server.common.languages import language_of_path
from lsp_server.config.load import PROJECT_FILE, load_all
from lsp_server.config.merge import Loaded
from lsp_server.features.values import EngineStatus

_PROBES = {
    "python": "probe.py",
    "typescript": "probe.ts",
    "javascript": "probe.js",
    "go": "probe.go",
    "rust": "probe.rs",
    "java": "Probe.java",
    "c": "probe.c",
    "cpp": "probe.cpp",
}


# How far the folder is looked through for the languages that are written there.
_MOST_FILES = 4000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` says what to do where it is not `good`."""

    subject: str
    sentence: str
    good: bool = True
    advice: str = ""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser(
        "doctor", help="look at settings, Ollama, models, cache and tools, and say what to do"
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the workspace; else where you are")
    add_common_options(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Print the findings; ends with NOTHING if one of them wants to be seen to."""
    folder = arguments.folder or Path.cwd()
    if not folder.is_dir():
        raise WrongUsage(f"{folder} is not a folder.")
    root = workspace_of(folder)
    with progress_line("Looking around"):
        findings = [found async for found in _findings(root, trusted=arguments.trust)]
    if arguments.json:
        print_json({"findings": [asdict(found) for found in findings]})
    else:
        _print(findings)
    return ExitCode.DONE if all(found.good for found in findings) else ExitCode.NOTHING


async def _findings(root: Path, *, trusted: bool) -> AsyncIterator[Finding]:
    loaded = load_all({}, [root], trusted=trusted)
    python = platform.python_version()
    yield Finding("version", f"tandem-ls {__version__} on Python {python}, {platform.system()}.")
    for found in _settings(root, loaded, trusted=trusted):
        yield found
    yield _cache(loaded)
    async for found in _models(root, loaded):
        yield found
    for found in _checks(root, trusted=trusted):
        yield found


def _settings(root: Path, loaded: Loaded, *, trusted: bool) -> Iterator[Finding]:
    for message in loaded.messages:
        yield Finding("settings", message, good=False, advice="Correct the file.")
    by_source: dict[str, list[str]] = {}
    for key, source in loaded.origins.items():
        by_source.setdefault(source, []).append(key)
    for source, keys in by_source.items():
        yield Finding("settings", f"{source} sets {', '.join(keys)}.")
    if not by_source:
        yield Finding("settings", "All settings have their defaults.")
    if not trusted and (root / PROJECT_FILE).is_file():
        text = f"{root / PROJECT_FILE} was not read: the workspace is not trusted."
        yield Finding("settings", f"{text} --trust reads it.")


def _cache(loaded: Loaded) -> Finding:
    from lsp_server.storage.cache import open_cache
    from lsp_server.storage.paths import cache_root

    cache = open_cache(loaded.settings.cache)
    try:
        if not cache.works:
            advice = "Set cache.directory to a folder of yours that can be written."
            return Finding("cache", f"{cache.folder} cannot be used.", good=False, advice=advice)
        size = cache.volume() / 1e6
        return Finding(
            "cache",
            f"{cache_root(loaded.settings.cache)} holds {size:.1f} of "
            f"{loaded.settings.cache.size_mb} megabytes.",
        )
    finally:
        cache.close()


async def _models(root: Path, loaded: Loaded) -> AsyncIterator[Finding]:
    from lsp_server.protocol.feature_set import Opening
    from lsp_server.server import assemble

    tandem = assemble(Opening(loaded.settings, (root,), trusted=False, open_documents=tuple))
    try:
        await tandem.look_up_models()
        status = tandem.features.model_house.status
    finally:
        await tandem.closed()
    for found in _of_status(status):
        yield found


def _of_status(status: EngineStatus) -> Iterator[Finding]:
    detail = status.detail
    if detail.get("version"):
        yield Finding("ollama", f"Ollama {detail['version']} answers at {detail['url']}.")
    for role, one in detail.get("endpoints", {}).items():
        if one["model"] and not one["problem"]:
            yield Finding("endpoints", _endpoint(role, one))
    for role, found in detail.get("resolved", {}).items():
        yield Finding("models", f"The {role} “{found['wanted']}” is {found['name']}.")
    for running in detail.get("running", ()):
        share = running["sizeOnGpu"] / running["size"] if running["size"] else 0
        sentence = f"{running['name']} is in memory, {share:.0%} of it on the GPU"
        yield Finding("models", f"{sentence}, with a context of {running['context']} tokens.")
    for notice in status.notices:
        good = not (notice.missing or notice.key.startswith(("problem", "foreign", "spilled")))
        advice = f"ollama pull {notice.missing}" if notice.missing else notice.advice
        yield Finding("models", notice.sentence, good, advice)
    yield Finding("engines", f"Typing and fixing: {status.executor}. Asking: {status.planner}.")


def _endpoint(role: str, one: Mapping[str, Any]) -> str:
    return (
        f"The {role} is {one['model']} at {one['url']} ({one['server']}), with a context of "
        f"{one['context']} tokens; holes are filled by {one['fill']}."
    )


def _checks(root: Path, *, trusted: bool) -> Iterator[Finding]:
    from lsp_server.checks.available import checks_for, not_found
    from lsp_server.checks.environment import Surroundings
    from lsp_server.checks.subject import Subject
    from lsp_server.config.environment import environment_variables
    from lsp_server.config.settings import CacheSettings
    from lsp_server.context.index import syntax
    from lsp_server.storage.paths import tools_folder

    # Nothing is run here, so that nothing is kept there either.
    state = tools_folder(CacheSettings())
    now, full = (Surroundings(environment_variables(), state, trusts) for trusts in (trusted, True))
    here = {language_of_path(path).name for path in islice(sources_below(root), _MOST_FILES)}
    for language, name in _PROBES.items():
        subject = Subject(root, root / name, "", language)
        names, more = (
            [one.name for one in checks_for(subject, around, syntax.faults, syntax.is_known)]
            for around in (now, full)
        )
        added = ", ".join(name for name in more if name not in names)
        missing = ", ".join(not_found(subject, full)) if language in here else ""
        parts = [
            f"{language}: {', '.join(names)}",
            f"with --trust also {added}" if added else "",
            f"not found: {missing}" if missing else "",
        ]
        yield Finding("checks", "; ".join(filter(None, parts)) + ".")


def _print(findings: list[Finding]) -> None:
    console = output()
    before = ""
    for found in findings:
        subject = found.subject if found.subject != before else ""
        before = found.subject
        mark, colour = ("✓", "green") if found.good else ("✗", "red")
        console.print(f"[bold]{subject:<10}[/] [{colour}]{mark}[/] ", end="")
        console.out(found.sentence, highlight=False)
        if found.advice and not found.good:
            console.out(f"{'':<13}→ {found.advice}", style="yellow", highlight=False)
