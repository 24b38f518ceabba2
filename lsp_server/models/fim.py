"""Fill-in-the-middle tokens, by what a model's vocabulary holds.

The order is the one that keeps typing an append, suffix first, wherever the family was trained on
it: GLM's coders (CodeGeeX4's prompt), StarCoder, CodeGemma and Codestral. Qwen and DeepSeek know
the prefix first only. Sources: the models' own cards and llama.cpp's src/llama-vocab.cpp.
"""

from collections.abc import Collection
from dataclasses import dataclass

_PREFIX_FIRST_BELOW = 4000


@dataclass(frozen=True, slots=True)
class FillTokens:
    """The three marks of a family and the order in which they stand."""

    prefix: str
    suffix: str
    middle: str
    suffix_first: bool
    ends: tuple[str, ...] = ()

    @property
    def stops(self) -> tuple[str, ...]:
        """Strings at which a fill is over: no fill contains a mark."""
        marks = (self.prefix, self.suffix, self.middle)
        return (*(mark for mark in marks if mark), *self.ends)


FAMILIES = (
    FillTokens(
        "<|code_prefix|>",
        "<|code_suffix|>",
        "<|code_middle|>",
        suffix_first=True,
        ends=("<|endoftext|>", "<|user|>", "<|assistant|>"),
    ),
    FillTokens(
        "<|fim_prefix|>",
        "<|fim_suffix|>",
        "<|fim_middle|>",
        suffix_first=False,
        ends=("<|endoftext|>", "<|file_sep|>", "<|repo_name|>", "<|file_separator|>"),
    ),
    FillTokens(
        "<fim_prefix>",
        "<fim_suffix>",
        "<fim_middle>",
        suffix_first=False,
        ends=("<|endoftext|>", "<file_sep>"),
    ),
    FillTokens(
        "<\uff5cfim\u2581begin\uff5c>",
        "<\uff5cfim\u2581hole\uff5c>",
        "<\uff5cfim\u2581end\uff5c>",
        suffix_first=False,
        ends=("<\uff5cend\u2581of\u2581sentence\uff5c>",),
    ),
    FillTokens("[PREFIX]", "[SUFFIX]", "", suffix_first=True, ends=("</s>",)),
)


def fill_tokens(vocabulary: Collection[str]) -> FillTokens | None:
    """Return the marks of the first family that `vocabulary` holds whole."""
    for family in FAMILIES:
        marks = (family.prefix, family.suffix, family.middle)
        if all(mark in vocabulary for mark in marks if mark):
            return family
    return None


def fill_text(tokens: FillTokens, above: str, below: str) -> str:
    """Return the marked text of a hole; a model goes on where it ends.

    Where the prefix comes first, all of the text below is read again at each key, so only its
    first 4,000 characters are shown.
    """
    if tokens.suffix_first:
        return f"{tokens.suffix}{below}{tokens.prefix}{above}{tokens.middle}"
    near = below[:_PREFIX_FIRST_BELOW]
    return f"{tokens.prefix}{above}{tokens.suffix}{near}{tokens.middle}"
