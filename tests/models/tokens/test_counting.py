from itertools import pairwise

import pytest
import regex  # type: ignore[import-untyped]  # it comes with tiktoken, without types
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.models.tokens.counter import CalibratedCounter, ExactCounter
from lsp_server.models.tokens.patterns import cutting_for
from lsp_server.models.tokens.vocabulary import (
    Vocabulary,
    byte_values,
    pack,
    unpack,
    vocabulary_from,
)
from tests.models.tokens.training import info, source, trained

PRES = ("gpt-4o", "glm4", "qwen2", "gpt-2")
TEXT = st.text(st.sampled_from("ab Z1 9\n\n\t\r .:(é🙂'sŁ\u0301/")) | st.text(max_size=40)


def vocabulary(pre: str) -> Vocabulary:
    found = vocabulary_from(info(pre))
    assert found is not None
    return found


def counter(pre: str) -> ExactCounter:
    return ExactCounter(vocabulary(pre))


COUNTERS = {pre: counter(pre) for pre in PRES}


def reference(text: str, pre: str) -> int:
    """Count by the definition: cut, then join the pair with the lowest rank until none is left."""
    cutting = cutting_for(pre, "llama")
    assert cutting is not None
    letters = {value: letter for letter, value in byte_values().items()}
    ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(trained()[1])}
    total = 0
    for piece in pieces(cutting.pattern, text):
        word = [letters[byte] for byte in piece.encode()]
        while True:
            pairs = [(ranks.get(pair), at) for at, pair in enumerate(pairwise(word))]
            ranked = [pair for pair in pairs if pair[0] is not None]
            if not ranked:
                break
            at = min(ranked)[1]
            word[at : at + 2] = ["".join(word[at : at + 2])]
        total += len(word)
    return total


def pieces(pattern: str, text: str) -> list[str]:
    """Return the pieces; what no alternative takes is a piece as well."""
    return [match[0] for match in regex.finditer(pattern + r"|(?s:.)", text)]


@pytest.mark.parametrize("pre", PRES)
@given(text=TEXT)
def test_counts_are_those_of_byte_pair_encoding(pre: str, text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    assert COUNTERS[pre](text) == reference(clean, pre)


@pytest.mark.parametrize("pre", PRES)
def test_counts_of_real_source_are_exact(pre: str) -> None:
    text = source()[:30000]
    assert COUNTERS[pre](text) == reference(text, pre)


@pytest.mark.parametrize("pre", PRES)
@given(text=TEXT)
def test_cutting_at_lines_changes_no_count(pre: str, text: str) -> None:
    whole = COUNTERS[pre]._encoding.encode_ordinary(text.encode("utf-8", "replace").decode())
    assert COUNTERS[pre](text) == len(whole)


def test_a_key_looks_at_its_own_line_only() -> None:
    exact = counter("glm4")
    text = source()
    exact(text)
    before = len(exact._kept)
    exact(text[:5000] + "x" + text[5000:])
    assert len(exact._kept) <= before + 2


@given(st.sampled_from(PRES))
def test_a_vocabulary_comes_back_from_the_cache(pre: str) -> None:
    assert unpack(pack(vocabulary(pre))) == vocabulary(pre)


@pytest.mark.parametrize("data", [b"", b"x", pack(vocabulary("glm4"))[:-1]])
def test_a_damaged_entry_of_the_cache_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"vocabulary|Expecting"):
        unpack(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"tokenizer.ggml.model": "llama"},
        {"tokenizer.ggml.pre": "unknown"},
        {"tokenizer.ggml.tokens": None},
    ],
)
def test_a_vocabulary_that_cannot_be_counted_with_is_none(changes: dict[str, object]) -> None:
    assert vocabulary_from(info("glm4") | changes) is None


def test_the_names_that_the_library_uses_are_known() -> None:
    assert cutting_for("default", "gptoss") == cutting_for("gpt-4o", "")
    assert cutting_for("chatglm-bpe", "glm4moelite") == cutting_for("glm4", "")


def test_without_a_vocabulary_the_count_follows_the_server() -> None:
    calibrated = CalibratedCounter()
    text = "x" * 3000
    for _ in range(40):
        calibrated.learn(3000, 1000)
    assert 1000 <= calibrated(text) <= 1200
    calibrated.learn(100_000, 10)
    assert 1000 <= calibrated(text) <= 1200
