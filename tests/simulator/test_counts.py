"""Tandem's counts of tokens are those of the real engine, for 200 real files.

It runs where CI or TANDEM_REAL_ENGINE is set. With TANDEM_TOKENIZER, the path of a byte-level
tokenizer.json, and TANDEM_TOKENIZER_PRE, the name of its pre-tokenizer in llama.cpp ("qwen2"), a
model with that vocabulary is counted as well.
"""

import json
import os
import site
import sysconfig
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from lsp_server.models.tokens.counter import ExactCounter
from lsp_server.models.tokens.vocabulary import vocabulary_from
from tests.simulator.real_engine import AVAILABLE, RealEngines, completed, opened

if not AVAILABLE:
    pytest.skip("it runs on Linux where CI or TANDEM_REAL_ENGINE is set", allow_module_level=True)

from tests.simulator.tiny_gguf import SHAPES, vocabulary, write_model

pytestmark = pytest.mark.timeout(240)
TOKENIZER = os.environ.get("TANDEM_TOKENIZER", "")
KINDS = {".py": 120, ".pyi": 30, ".h": 20, ".js": 10, ".json": 10, ".c": 10}
_MOST, _SHORTEST, _LONGEST, _PROMPT = 200, 800, 4000, 400


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealEngines]:
    made = RealEngines(tmp_path_factory.mktemp("models"))
    yield made
    made.stop()


def sources() -> list[str]:
    """Return the beginnings of 200 real files: Python first of all, and what packages bring."""
    roots = [Path(sysconfig.get_paths()["stdlib"]), *map(Path, site.getsitepackages())]
    by_suffix: dict[str, list[str]] = {suffix: [] for suffix in KINDS}
    for path in chain.from_iterable(map(_files, roots)):
        texts = by_suffix.get(path.suffix)
        if texts is not None and len(texts) < _MOST and path.stat().st_size > _SHORTEST:
            texts.append(path.read_text("utf-8", errors="replace")[:_LONGEST])
    found = [text for suffix, most in KINDS.items() for text in by_suffix[suffix][:most]]
    return [*found, *by_suffix[".py"][KINDS[".py"] :]][:_MOST]


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def from_file(path: Path, pre: str) -> dict[str, Any]:
    """Return the vocabulary of a tokenizer.json as GGUF and /api/show carry it."""
    model = json.loads(path.read_text("utf-8"))
    merges = model["model"]["merges"]
    tokens = {number: token for token, number in model["model"]["vocab"].items()}
    added = {one["id"]: one["content"] for one in model.get("added_tokens", ())}
    size = max({**tokens, **added}) + 1
    named = {**tokens, **added}
    return {
        "general.architecture": "llama",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": [named.get(n, f"<unused{n}>") for n in range(size)],
        "tokenizer.ggml.token_type": [1 if n in tokens else 3 for n in range(size)],
        "tokenizer.ggml.merges": [
            merge if isinstance(merge, str) else " ".join(merge) for merge in merges
        ],
    }


@pytest.mark.parametrize("shape", [*SHAPES, *(["file"] if TOKENIZER else [])])
async def test_counts_are_the_engines_own_for_200_real_files(
    engines: RealEngines, shape: str
) -> None:
    options = {"n_batch": 2048, "n_ubatch": 2048}
    if shape == "file":
        known = from_file(Path(TOKENIZER), os.environ.get("TANDEM_TOKENIZER_PRE", "qwen2"))
        path = engines.folder / "file.gguf"
        write_model(path, "llama", known)
        url = engines.url_of(path, options)
    else:
        known, url = vocabulary(shape), engines.url(shape, **options)
    read = vocabulary_from(known)
    assert read is not None
    count, texts = ExactCounter(read), sources()
    wrong: list[tuple[int, int, str]] = []
    async with opened(url) as http:
        for text in texts:
            body = {"content": text, "add_special": False, "parse_special": False}
            tokens = len((await http.post("/tokenize", json=body)).json()["tokens"])
            # What /api/chat reports as prompt_eval_count is this sum.
            timings = (await completed(http, text[:_PROMPT]))["timings"]
            evaluated = timings["cache_n"] + timings["prompt_n"]
            if (tokens, evaluated) != (count(text), count(text[:_PROMPT])):
                wrong.append((tokens, count(text), text[:40]))
    assert len(texts) == 200
    assert wrong == []
