"""Punch holes into real code and let Tandem fill them through the real server.

With `--engine oracle` a model that knows the truth streams it, followed by about 40 tokens of
plausible continuation and an echo of what stands below; with `--engine built-in` there is no
model. A hole counts as exact if the file after accepting is the file before punching.
"""

import argparse
import asyncio
import os
import random
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from lsp_server.cli.client import LanguageClient, spawned_server
from lsp_server.common.text import split_lines
from lsp_server.context.index.syntax import faults
from scripts.measuring.punching import Hole, Kind, punch
from tests.simulator.catalogue import glm_flash
from tests.simulator.simulator import Simulator
from tests.simulator.values import Answer, Ask

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {".py", ".ts", ".tsx", ".js", ".go", ".rs", ".java", ".c", ".cpp", ".h"}
CONTINUED = 160
"""Letters of plausible continuation: about 40 tokens."""

SECONDS = 20.0
START_SECONDS = 90.0


@dataclass
class Outcome:
    """What came of one hole."""

    hole: Hole
    shown: str
    after: str
    valid: bool | None

    @property
    def is_exact(self) -> bool:
        return self.after == self.hole.above + self.hole.truth + self.hole.below

    @property
    def to_delete(self) -> int:
        if self.is_exact:
            return 0
        pairs = zip(self.shown, self.hole.truth, strict=False)
        return len(self.shown) - sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@dataclass
class Oracle:
    """A script that fills the hole that is open now, and goes on."""

    rng: random.Random
    hole: Hole | None = None
    is_asked: bool = True

    def __call__(self, _ask: Ask) -> Answer:
        hole = self.hole
        if hole is None:
            return Answer("")
        rest, _, below = hole.below.partition("\n")
        more = "" if self.rng.random() < 1 / 2 else self._plausible(hole)
        said = hole.truth + rest + "\n" + more + below[:CONTINUED]
        return Answer(said)

    def _plausible(self, hole: Hole) -> str:
        """Return other lines of the file that can follow: not deeper, or less deep."""
        line = hole.above.rsplit("\n", 1)[-1]
        depth = len(line) - len(line.lstrip())
        lines = [x for x in split_lines(hole.below + hole.above) if x.strip()]
        depth -= not line.strip()
        fitting = [x for x in lines if len(x) - len(x.lstrip()) <= depth]
        at = self.rng.randrange(max(len(fitting) - 6, 1))
        return "".join(fitting[at : at + 6])[:CONTINUED] + "\n"


def main() -> None:
    """Punch, ask, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="folders of real source")
    parser.add_argument("--engine", choices=("oracle", "built-in"), default="oracle")
    parser.add_argument("--holes", type=int, default=200, help="holes in each folder (default 200)")
    parser.add_argument("--show", type=int, default=0, help="print so many that were not exact")
    arguments = parser.parse_args()
    outcomes: list[Outcome] = []
    print("| source | holes | shown | exact | exact of shown | letters to delete | still valid |")
    print("|---|---|---|---|---|---|---|")
    for folder in arguments.folders:
        found = asyncio.run(measure(folder, arguments.engine, arguments.holes))
        print(row(folder.name, found), flush=True)
        outcomes += found
    for kind in Kind:
        print(row(kind.value, [o for o in outcomes if o.hole.kind is kind]))
    print(row("**all**", outcomes))
    for outcome in [o for o in outcomes if not o.is_exact and o.shown][: arguments.show]:
        print(f"\n{outcome.hole.path.name}:{outcome.hole.line + 1} {outcome.hole.kind}")
        print(f" before {outcome.hole.above[-60:]!r}\n truth  {outcome.hole.truth!r}")
        print(f" shown  {outcome.shown!r}\n below  {outcome.hole.below[:60]!r}")


def row(name: str, outcomes: list[Outcome]) -> str:
    """Return one line of the table."""
    shown = [o for o in outcomes if o.shown]
    exact = [o for o in outcomes if o.is_exact]
    valid = [o.valid for o in shown if o.valid is not None]
    deleted = sum(o.to_delete for o in shown) / max(len(shown), 1)
    columns = [
        name,
        str(len(outcomes)),
        _share(len(shown), len(outcomes)),
        _share(len(exact), len(outcomes)),
        _share(len(exact), len(shown)),
        f"{deleted:.2f}",
        _share(sum(valid), len(valid)),
    ]
    return f"| {' | '.join(columns)} |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


async def measure(folder: Path, engine: str, count: int) -> list[Outcome]:
    """Return what came of `count` holes in the files of `folder`."""
    rng = random.Random(11)  # noqa: S311 - a fixed sample, not a secret
    holes = sample(folder, count, rng)
    oracle = Oracle(rng, is_asked=engine == "oracle")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / folder.name
        shutil.copytree(folder, root, ignore=shutil.ignore_patterns(".git", "node_modules"))
        async with editor(root, oracle if engine == "oracle" else None) as client:
            for hole in holes[:1]:
                await fill(client, root, folder, hole, oracle)  # It loads the model.
                await asyncio.sleep(2)
            return [await fill(client, root, folder, hole, oracle) for hole in holes]


def sample(folder: Path, count: int, rng: random.Random) -> list[Hole]:
    """Return `count` holes spread over the files and kinds."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and _is_small(p))
    rng.shuffle(paths)
    found = [hole for path in paths[: count * 2] for hole in punch(path, 2, rng)]
    by_kind = [[hole for hole in found if hole.kind is kind] for kind in Kind]
    return [hole for holes in by_kind for hole in holes[: count // len(Kind)]]


def _is_small(path: Path) -> bool:
    return path.is_file() and 200 < path.stat().st_size < 100_000  # noqa: PLR2004


@asynccontextmanager
async def editor(root: Path, oracle: Oracle | None) -> AsyncGenerator[LanguageClient, None]:
    """Start the real server on `root`, with or without a model that follows `oracle`."""
    simulator = Simulator([glm_flash(oracle)] if oracle is not None else [])
    async with simulator:
        home = root.parent / "home"
        environment = {
            **os.environ,
            "OLLAMA_HOST": simulator.url,
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
        }
        async with spawned_server(folder=root, environment=environment) as (client, _):
            await open_workspace(client, root, has_model=oracle is not None)
            yield client
            await client.request("shutdown")
            client.notify("exit")


async def open_workspace(client: LanguageClient, root: Path, *, has_model: bool) -> None:
    """Greet the server and wait until the engine that is measured can answer."""
    capabilities = {
        "textDocument": {"inlineCompletion": {}},
        "experimental": {"tandem": {}},
        "general": {"positionEncodings": ["utf-32"]},
    }
    params = {
        "processId": None,
        "rootUri": root.as_uri(),
        "capabilities": capabilities,
        "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
        "initializationOptions": {"ollama": {"enabled": has_model}},
    }
    await client.request("initialize", params)
    client.notify("initialized", {})
    suits = _has_glm if has_model else _has_read
    await asyncio.wait_for(client.wait_for("tandem/status", suits), START_SECONDS)


def _has_glm(status: dict[str, Any]) -> bool:
    return "glm" in str(status["executor"])


def _has_read(status: dict[str, Any]) -> bool:
    return bool(status["detail"]["builtIn"]["tokens"])


async def fill(
    client: LanguageClient, root: Path, folder: Path, hole: Hole, oracle: Oracle
) -> Outcome:
    """Open the file with its hole, ask, accept, close."""
    oracle.hole = hole
    uri = (root / hole.path.relative_to(folder)).as_uri()
    text = hole.above + hole.below
    item = {"uri": uri, "languageId": hole.language, "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    column = len(hole.above) - (hole.above.rfind("\n") + 1)
    params = {
        "textDocument": {"uri": uri},
        "position": {"line": hole.line, "character": column},
        # A model is waited for; the built-in engine is measured as it speaks while typing.
        "context": {"triggerKind": 1 if oracle.is_asked else 2},
    }
    answer = await asyncio.wait_for(
        client.request("textDocument/inlineCompletion", params), SECONDS
    )
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return accepted(hole, text, answer["items"] if answer else [])


def accepted(hole: Hole, text: str, items: Iterable[dict[str, Any]]) -> Outcome:
    """Return the outcome of accepting the first item."""
    item = next(iter(items), None)
    if item is None:
        return Outcome(hole, "", text, None)
    shown = item["insertText"]
    line_start = hole.above.rfind("\n") + 1
    start = line_start + item["range"]["start"]["character"]
    end = line_start + item["range"]["end"]["character"]
    after = text[:start] + shown + text[end:]
    was_valid = not faults(hole.above + hole.truth + hole.below, hole.language)
    valid = not faults(after, hole.language) if was_valid else None
    return Outcome(hole, shown, after, valid)


if __name__ == "__main__":
    main()
