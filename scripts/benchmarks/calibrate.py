"""Learn the built-in engine's confidence from records that `replay` wrote.

Fits two logistic regressions by Newton's method with a small ridge and writes confidence.json.
Use repositories other than those that are reported.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lsp_server.models.builtin.evidence import NAMES

ROOT = Path(__file__).parents[2]
_OUT = ROOT / "lsp_server/models/builtin/confidence.json"
_RIDGE = 1.0
_ROUNDS = 30


def fit(rows: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> list[float]:
    """Return bias and weights of the regression for raw, unscaled rows."""
    mean, deviation = rows.mean(0), rows.std(0) + 1e-9
    design = np.column_stack([np.ones(len(rows)), (rows - mean) / deviation])
    ridge = np.diag([0.0] + [_RIDGE] * rows.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (right - likely) - ridge @ weights
        curve = (design * (likely * (1 - likely))[:, None]).T @ design + ridge
        weights += np.linalg.solve(curve, slope)
    scaled = weights[1:] / deviation
    return [float(weights[0] - scaled @ mean), *map(float, scaled)]


def main() -> None:
    """Read the records, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", nargs="+", type=Path)
    arguments = parser.parse_args()
    records = [json.loads(line) for path in arguments.records for line in path.open()]
    out: dict[str, object] = {"names": list(NAMES)}
    for kind in ("whole", "part"):
        found = [record[kind] for record in records if kind in record]
        rows = np.array([one["evidence"] for one in found])
        weights = fit(rows, np.array([one["right"] for one in found], np.float64))
        out[kind] = [round(weight, 5) for weight in weights]
        print(f"{kind}: {len(found)} guesses, {np.mean([f['right'] for f in found]):.1%} right")
    _OUT.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
