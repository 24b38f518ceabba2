"""Learn the built-in engine's confidence from records that `replay` wrote.

Fits two logistic regressions by Newton's method with a small ridge and writes confidence.json.
Use repositories other than those that are reported.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lsp_server.models.builtin.evidence import NAMES

ROOT = Path(__file__).parents[2]
_OUT = ROOT / "lsp_server/models/builtin/confidence.json"
_RIDGE = 1.0
_ROUNDS = 30


Floats = npt.NDArray[np.float64]


def fit(rows: Floats, right: Floats, counts: Floats) -> list[float]:
    """Return bias and weights of the regression for raw rows, each counting as `counts` says."""
    mean, deviation = rows.mean(0), rows.std(0) + 1e-9
    design = np.column_stack([np.ones(len(rows)), (rows - mean) / deviation])
    ridge = np.diag([0.0] + [_RIDGE] * rows.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (counts * (right - likely)) - ridge @ weights
        curve = (design * (counts * likely * (1 - likely))[:, None]).T @ design + ridge
        weights += np.linalg.solve(curve, slope)
    scaled = weights[1:] / deviation
    return [float(weights[0] - scaled @ mean), *map(float, scaled)]


def even(repositories: list[str]) -> Floats:
    """Return weights by which each repository counts the same, one on average."""
    sizes = Counter(repositories)
    share = len(repositories) / len(sizes)
    return np.array([share / sizes[repository] for repository in repositories])


def main() -> None:
    """Read the records, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", nargs="+", type=Path)
    arguments = parser.parse_args()
    records = [json.loads(line) for path in arguments.records for line in path.open()]
    out: dict[str, object] = {"names": list(NAMES)}
    for kind in ("whole", "part"):
        holding = [record for record in records if kind in record]
        found = [record[kind] for record in holding]
        rows = np.array([one["evidence"] for one in found])
        right = np.array([one["right"] for one in found], np.float64)
        weights = fit(rows, right, even([record["repo"] for record in holding]))
        out[kind] = [round(weight, 5) for weight in weights]
        print(f"{kind}: {len(found)} guesses, {np.mean([f['right'] for f in found]):.1%} right")
    _OUT.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
