"""A small byte-level vocabulary, trained on real source, in the form that GGUF has."""

import inspect
import json as json_module
import logging
import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import Any

from lsp_server.models.tokens.vocabulary import byte_values

_WORD = re.compile(r"\s*\n| ?\w+| ?[^\s\w]+|\s+")


@lru_cache(maxsize=1)
def source() -> str:
    """Return some hundred kilobytes of Python."""
    return "".join(inspect.getsource(module) for module in (logging, json_module, inspect, re))


@lru_cache(maxsize=4)
def trained(merges: int = 600) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return tokens and merges of byte-pair encoding (Sennrich 2016) over `source`."""
    letters = {value: letter for letter, value in byte_values().items()}
    counts = Counter(_WORD.findall(source()))
    words = {tuple(letters[byte] for byte in word.encode()): n for word, n in counts.items()}
    tokens, made = [letters[byte] for byte in range(256)], []
    for _ in range(merges):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, number in words.items():
            for pair in pairwise(word):
                pairs[pair] += number
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        made.append(" ".join(best))
        tokens.append("".join(best))
        words = {merged(word, best): number for word, number in words.items()}
    return tuple(tokens), tuple(made)


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """Return `word` with every `pair` in it joined, from left to right."""
    out: list[str] = []
    for letter in word:
        if out and (out[-1], letter) == pair:
            out[-1] += letter
        else:
            out.append(letter)
    return tuple(out)


def info(pre: str, architecture: str = "llama") -> dict[str, Any]:
    """Return `model_info` with the trained vocabulary."""
    tokens, merges = trained()
    return {
        "general.architecture": architecture,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": list(tokens),
        "tokenizer.ggml.merges": list(merges),
        "tokenizer.ggml.token_type": [1] * len(tokens),
    }
