"""The simulator's own tokeniser: bytes, special strings and whole words, as in the tiny models."""

import re
from functools import lru_cache

from tests.simulator.values import SimModel


def byte_letters() -> list[str]:
    """Return GPT-2's letter for each of the 256 bytes (openai/gpt-2, encoder.py)."""
    shown = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = {byte: chr(byte) for byte in shown}
    hidden = (byte for byte in range(256) if byte not in letters)
    letters |= {byte: chr(256 + number) for number, byte in enumerate(hidden)}
    return [letters[byte] for byte in range(256)]


class Tokeniser:
    """Ids: 0 to 255 are bytes, then the model's words, then its special strings."""

    def __init__(self, words: tuple[str, ...], special: tuple[str, ...]) -> None:
        self.tokens = [*byte_letters(), *words, *special]
        self.types = [1] * (256 + len(words)) + [3] * len(special)
        self._ids = {text: 256 + number for number, text in enumerate((*words, *special))}
        known = sorted(special, key=len, reverse=True)
        self._special = re.compile("(" + "|".join(map(re.escape, known)) + ")") if known else None

    def encode(self, text: str) -> list[int]:
        """Return the ids of `text`; special strings in it are parsed, as llama-server does."""
        parts = self._special.split(text) if self._special else [text]
        ids: list[int] = []
        for number, part in enumerate(parts):
            if number % 2:
                ids.append(self._ids[part])
            else:
                ids += part.encode("utf-8", "surrogatepass")
        return ids


@lru_cache(maxsize=64)
def tokeniser(words: tuple[str, ...], special: tuple[str, ...]) -> Tokeniser:
    """Return the tokeniser of a vocabulary; building one twice would only cost time."""
    return Tokeniser(words, special)


def tokeniser_of(model: SimModel) -> Tokeniser:
    """Return the tokeniser of `model`."""
    return tokeniser(model.words, model.special)
