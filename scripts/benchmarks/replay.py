"""Type the lines that real commits added, and count what the built-in engine would have shown.

For each commit the engine has read the tree before it and, in the file, what the commit had
already changed above; lines that the commit removes are gone. Three places a line are asked, drawn
by a fixed seed: its start (after the indentation), a border between words, and inside a word.
Comment lines, imports and lines without a letter are left out.
"""

import argparse
import difflib
import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, split_lines
from lsp_server.config.settings import CompletionSettings
from lsp_server.models.builtin.block import block_of
from lsp_server.models.builtin.completing import is_offered
from lsp_server.models.builtin.confidence import confidence
from lsp_server.models.builtin.corpus import Corpus
from lsp_server.models.builtin.engine import Guess, guesses
from lsp_server.models.builtin.tokens import tokens_of
from lsp_server.models.builtin.vocabulary import Vocabulary
from scripts.measuring import commits as history

_SKIP = re.compile(
    r"\s*(#|//|/\*|\*|import\b|from\b.*\bimport\b|use\b|package\b|\"\"\"|export \* from|$)"
)
_BORDER = re.compile(r"\w+|[^\w\s]")
DEFAULT = CompletionSettings().builtin_confidence
NAMES = {"start": "line starts", "inside": "borders between words", "word": "places inside words"}
HEADER = (
    "| repository | places | speaks | of those exactly right | speaks for the whole rest"
    " | of those exactly right | ms of computing p50 / p95 |\n|---|---|---|---|---|---|---|"
)
Record = dict[str, Any]


@dataclass(frozen=True)
class Hole:
    """A place in a file as it was while the commit was typed, and the rest of its line."""

    place: Place
    rest: str
    kind: str


def read_tree(repository: Path, sha: str) -> Corpus:
    """Return a corpus that has read the tree at a commit."""
    corpus, vocabulary = Corpus(), Vocabulary()
    files = [
        (path, tokens_of(text, language_of_path(Path(path)).name, vocabulary))
        for path, text in history.tree(repository, sha)
    ]
    corpus.replace(block_of(files), vocabulary)
    return corpus


def holes(commit: history.Commit, path: str, rng: random.Random) -> Iterator[Hole]:
    """Yield the places that typing the commit's changes of `path` passes."""
    old, new = (split_lines(text) for text in commit.files[path])
    language = language_of_path(Path(path)).name
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, _, i2, j1, j2 in matcher.get_opcodes():
        if tag not in {"insert", "replace"}:
            continue
        for number in range(j1, j2):
            line = new[number].rstrip("\r\n")
            if _SKIP.match(line) or not re.search(r"[^\W\d]", line):
                continue
            for kind, column in _columns(line, rng):
                lines = [*new[:number], line[:column] + "\n", *old[i2:]]
                snapshot = Snapshot(path, lines, language, None, Path(path))
                place = Place(snapshot, Position(number, column))
                yield Hole(place, line[column:].rstrip(), kind)


def _columns(line: str, rng: random.Random) -> list[tuple[str, int]]:
    start = len(line) - len(line.lstrip())
    borders = [m.start() for m in _BORDER.finditer(line) if m.start() > start]
    borders += [m.end() for m in _BORDER.finditer(line) if start < m.end() < len(line.rstrip())]
    found = [("start", start)]
    if borders:
        found.append(("inside", rng.choice(sorted(set(borders)))))
    words = list(re.finditer(r"[^\W\d]\w{2,}", line))
    if words:
        word = rng.choice(words)
        found.append(("word", rng.randrange(word.start() + 1, word.end())))
    return found


def replay(repository: Path, count: int, out: list[Record]) -> None:
    """Append one record for each place of the last `count` commits to `out`."""
    rng = random.Random(7)  # noqa: S311 (a fixed sample, not a secret)
    chosen = history.commits(repository, count)
    state = chosen[0].parent
    corpus = read_tree(repository, state)
    for commit in chosen:
        for path in history.changed(repository, state, commit.parent):
            text = history.content(repository, commit.parent, path)
            corpus.update(path, text, language_of_path(Path(path)).name)
        state = commit.parent
        for path in commit.files:
            language = language_of_path(Path(path)).name
            # The editor opened the file before the first key.
            corpus.document(path, split_lines(commit.files[path][0]), language)
            for hole in holes(commit, path, rng):
                started = time.process_time()
                found = guesses(corpus, hole.place)
                spent = time.process_time() - started
                out.append(_record(repository, hole, found, spent))
            corpus.close(path)
            corpus.update(path, commit.files[path][1], language)


def _record(repository: Path, hole: Hole, found: list[Guess], spent: float) -> Record:
    record: Record = {
        "repo": repository.parent.name,
        "kind": hole.kind,
        "rest": hole.rest,
        "ms": spent * 1000,
        "before": hole.place.line_before,
    }
    for guess in found:
        sure = confidence(guess)
        record["whole" if guess.whole else "part"] = {
            "text": guess.text,
            "confidence": sure,
            "evidence": [float(v) for v in guess.evidence],
            "right": _is_right(guess, hole.rest),
        }
        if "shown" not in record and is_offered(guess, sure, DEFAULT):
            record["shown"] = "whole" if guess.whole else "part"
    return record


def _is_right(guess: Guess, rest: str) -> bool:
    if guess.whole:
        return guess.text == rest
    following = rest[len(guess.text) :][:1]
    return rest.startswith(guess.text) and not (following.isalnum() or following == "_")


def main() -> None:
    """Replay and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path, help="git directories")
    parser.add_argument("--commits", type=int, default=25, help="commits of each (default 25)")
    parser.add_argument("--records", type=Path, help="file for one JSON record a place")
    arguments = parser.parse_args()
    out: list[Record] = []
    print(HEADER)
    for repository in arguments.repositories:
        before = len(out)
        replay(repository, arguments.commits, out)
        print(row(repository.parent.name, out[before:]), flush=True)
    borders = [r for r in out if r["kind"] != "word"]
    print(row("**all**", out))
    print(row("all but inside words", borders))
    for kind in ("start", "inside", "word"):
        print(row(f"at {NAMES[kind]}", [r for r in out if r["kind"] == kind]))
    if arguments.records:
        arguments.records.write_text("\n".join(map(json.dumps, out)))


def row(name: str, records: list[Record]) -> str:
    """Return one line of the table."""
    shown = [r[r["shown"]] for r in records if "shown" in r]
    whole = [r["whole"] for r in records if r.get("shown") == "whole"]
    times = sorted(r["ms"] for r in records)
    columns = [
        name,
        str(len(records)),
        *_shares(shown, len(records)),
        *_shares(whole, len(records)),
        f"{times[len(times) // 2]:.1f} / {times[int(len(times) * 0.95)]:.1f}",
    ]
    return f"| {' | '.join(columns)} |"


def _shares(shown: list[Record], places: int) -> tuple[str, str]:
    right = sum(one["right"] for one in shown) / max(len(shown), 1)
    return f"{len(shown) / places:.1%}", f"{right:.1%}"


if __name__ == "__main__":
    main()
