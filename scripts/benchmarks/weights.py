"""Fit the weights of the ranking model anew on source trees.

    scripts/bench weights --scorer ctxeval.py FOLDER... [--write]

The scorer is any Python file with `sample_repo(folder, holes, seed)`, which hides pieces of code
and names the definitions of other files that they need. A conditional logit is fitted by Newton's
method to put these definitions before the others. Report figures on other trees than these.
"""

import argparse
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lsp_server.common.languages import language_of_path
from lsp_server.context.index.ranking.by_file import candidates
from lsp_server.context.index.ranking.features import features
from lsp_server.context.index.ranking.labels import feature_names
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.reading.rows import read_row
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace
from scripts.benchmarks.conditional import Choice, fit

HOLES = 80
SEED = "fit"
OTHERS = 500
# What no hidden piece of a source package can show: no history, no editor.
BY_HAND = {"changed together": 1.2, "recently viewed": 0.6}
WEIGHTS = Path("lsp_server/context/index/ranking/weights.json")

Floats = npt.NDArray[np.float32]
Rows = tuple[Floats, Floats, Floats]


def load_scorer(path: Path) -> Any:
    """Return the scorer's module."""
    spec = importlib.util.spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples(scorer: Any, folder: Path) -> list[Rows]:
    """Return features, labels and weights for each hole of one source tree."""
    workspace = Workspace((folder.resolve(),), WalkLimits())
    for source in workspace.sources():
        workspace.add(source.key, source.language, source.path.read_bytes())
    tables = workspace.tables()
    _, samples = scorer.sample_repo(str(folder), HOLES, SEED)
    random = np.random.default_rng(1)
    found = [example(tables, sample, random) for sample in samples]
    return [one for one in found if one is not None]


def example(tables: Tables, sample: Any, random: np.random.Generator) -> Rows | None:
    """Return the needed definitions of one hole and a sample of the others, which weighs more."""
    content = sample.text.encode()
    row = read_row(sample.path, language_of_path(Path(sample.path)).name, content)
    cursor = len(content[: sample.cursor].decode())
    view = View(row, sample.text, cursor, opened=sample.open_files)
    chosen = np.flatnonzero(candidates(view, tables)).astype(np.int32)
    needed = {(path, one["name"]): one for one in sample.targets for path, _ in one["defs"]}
    weights = np.array([weight(tables, number, needed) for number in chosen.tolist()], np.float32)
    positive = np.flatnonzero(weights)
    negative = np.flatnonzero(weights == 0)
    if not len(negative) or not len(positive):
        return None
    picked = random.choice(negative, min(OTHERS, len(negative)), replace=False)
    rows = np.concatenate([positive, picked])
    labels = np.concatenate([np.ones(len(positive)), np.zeros(len(picked))]).astype(np.float32)
    share = np.full(len(picked), len(negative) / len(picked), np.float32)
    every = np.concatenate([weights[positive], share])
    return features(view, tables, chosen[rows]), labels, every


def weight(tables: Tables, number: int, needed: dict[tuple[str, str], Any]) -> float:
    """Return how much a needed definition counts: new names twice, overloads share; else 0."""
    path = tables.rows[int(tables.definition_file[number])].path
    one = needed.get((path, tables.definitions[number].name))
    if one is None:
        return 0.0
    new = one["novel"] and one["reach"]
    return float((2.0 if new else 1.0) / max(1, len(one["defs"])) ** 0.5)


def main() -> None:
    """Fit, and print or write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="source trees to fit on")
    parser.add_argument("--scorer", type=Path, required=True, help="the file with sample_repo")
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS}")
    arguments = parser.parse_args()
    scorer = load_scorer(arguments.scorer)
    parts = [one for folder in arguments.folders for one in examples(scorer, folder)]
    matrix, labels, weights = (np.concatenate([part[i] for part in parts]) for i in range(3))
    holes = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    values = [round(float(one), 5) for one in fit(Choice(matrix, labels > 0, weights, holes))]
    named = dict(zip([*feature_names(), "bias"], values, strict=True)) | BY_HAND
    text = json.dumps(named, indent=1) + "\n"
    if arguments.write:
        WEIGHTS.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
