"""How models cut text into pieces before they look for tokens in them.

The regular expressions are those of llama.cpp (src/llama-vocab.cpp), which is what Ollama runs, in
the spelling of the `regex` crate that tiktoken uses.
"""

from dataclasses import dataclass

_CONTRACTIONS = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
_BLANKS = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"

LLAMA3 = (
    rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}"
    rf"| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{_BLANKS}"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
GPT_4O = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CONTRACTIONS}?"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CONTRACTIONS}?"
    rf"|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_BLANKS}"
)
GPT_2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

_BY_NAME = {
    "gpt-4o": GPT_4O,
    "o200k": GPT_4O,
    "llama4": GPT_4O,
    "glm4": LLAMA3,
    "chatglm-bpe": LLAMA3,
    "llama-bpe": LLAMA3,
    "llama3": LLAMA3,
    "dbrx": LLAMA3,
    "smaug-bpe": LLAMA3,
    "qwen2": QWEN2,
    "deepseek-r1-qwen": QWEN2,
    "stablelm2": QWEN2,
    "gpt-2": GPT_2,
}
# Blobs of Ollama's library carry other names than the ones under which the engine runs them.
_BY_ARCHITECTURE = {
    "gptoss": "gpt-4o",
    "gpt-oss": "gpt-4o",
    "glm4moelite": "glm4",
    "glm4moe": "glm4",
    "glm4": "glm4",
}


@dataclass(frozen=True, slots=True)
class Cutting:
    """A pattern, and whether a line break before an indented line ends a piece in it."""

    pattern: str
    breaks_before_indent: bool


def cutting_for(pre: str, architecture: str) -> Cutting | None:
    """Return how a model cuts text; None for a name that is not in the table."""
    pattern = _BY_NAME.get(_BY_ARCHITECTURE.get(architecture, pre))
    return None if pattern is None else Cutting(pattern, r"[\r\n]+" in pattern)
