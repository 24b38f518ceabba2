"""What a model can do, read from what its server tells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lsp_server.models.fim import FillTokens, fill_tokens
from lsp_server.models.ollama.values import Card

_CONTROL = {3, 4}
# Runs of blanks are user-defined tokens in some vocabularies; only what looks like a mark is one.
_MARK_STARTS = ("<", "[")
_SHORTEST_MARK = 3


_SHAPE = (
    "block_count",
    "embedding_length",
    "attention.head_count",
    "attention.head_count_kv",
    "attention.key_length",
    "attention.value_length",
    "attention.kv_lora_rank",
    "attention.sliding_window",
    "rope.dimension_count",
)


class Thinks(StrEnum):
    """How a model's reasoning is steered."""

    NEVER = "never"
    SWITCH = "on or off"
    LEVELS = "in levels, never off"


@dataclass(frozen=True, slots=True)
class Traits:
    """What a model can do.

    `control` are the strings that its vocabulary treats as marks. `window` is how many tokens back
    the layers with a sliding window see; zero without such layers. `shape` holds the numbers from
    which the size of the key-value cache follows.
    """

    architecture: str
    trained_context: int
    thinks: Thinks
    inserts: bool
    fill: FillTokens | None
    control: tuple[str, ...]
    window: int = 0
    shape: Mapping[str, int] = field(default_factory=dict)


def traits_of(card: Card) -> Traits:
    """Return the traits that a card with its vocabulary shows."""
    tokens = _strings(card.info.get("tokenizer.ggml.tokens"))
    return Traits(
        architecture=card.architecture,
        trained_context=card.number("context_length") or 4096,
        thinks=_thinks(card),
        inserts="insert" in card.capabilities,
        fill=fill_tokens(frozenset(tokens)),
        control=_control(tokens, card.info),
        window=card.number("attention.sliding_window") or 0,
        shape={key: number for key in _SHAPE if (number := card.number(key)) is not None},
    )


def _thinks(card: Card) -> Thinks:
    if "thinking" not in card.capabilities:
        return Thinks.NEVER
    # gpt-oss reads `think: false` as silence about the level and reasons all the same; with a
    # schema it then answers nothing (Ollama from 0.31.2 on).
    levels = ".ThinkLevel" in card.template or card.architecture in {"gptoss", "gpt-oss"}
    return Thinks.LEVELS if levels else Thinks.SWITCH


def _control(tokens: Sequence[str], info: Mapping[str, Any]) -> tuple[str, ...]:
    types = info.get("tokenizer.ggml.token_type") or ()
    return tuple(
        token
        for token, kind in zip(tokens, types, strict=False)
        if kind in _CONTROL and token.startswith(_MARK_STARTS) and len(token) >= _SHORTEST_MARK
    )


def _strings(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
