"""A byte-level vocabulary, from GGUF's arrays to the ranks by which pieces are merged."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsp_server.models.tokens.patterns import Cutting, cutting_for

_BYTES = 256
_NORMAL = {1, 2, 4}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Ranks by the bytes of a token, lowest merged first, and how text is cut before."""

    cutting: Cutting
    tokens: tuple[bytes, ...]


def vocabulary_from(info: Mapping[str, Any]) -> Vocabulary | None:
    """Read the vocabulary out of /api/show's `model_info`.

    None for a model that is no byte-level BPE, is cut by an unknown pattern, or whose server keeps
    its vocabulary to itself.
    """
    tokens, merges = info.get("tokenizer.ggml.tokens"), info.get("tokenizer.ggml.merges")
    if info.get("tokenizer.ggml.model") != "gpt2" or not tokens or not merges:
        return None
    architecture = str(info.get("general.architecture") or "")
    cutting = cutting_for(str(info.get("tokenizer.ggml.pre") or ""), architecture)
    if cutting is None:
        return None
    known = frozenset(tokens)
    ranked = tuple(_ranked(merges, known))
    return Vocabulary(cutting, ranked)


def _ranked(merges: Sequence[str], known: frozenset[str]) -> Iterator[bytes]:
    """Yield all single bytes, then each token by the first merge that makes it."""
    values = byte_values()
    seen: set[str] = set()
    yield from (bytes([byte]) for byte in range(_BYTES))
    for merge in merges:
        # A merge is two tokens with one blank between; byte-level tokens hold no blank.
        token = merge.replace(" ", "", 1)
        if token in known and token not in seen and len(token) > 1:
            seen.add(token)
            yield bytes(values[letter] for letter in token)


def byte_values() -> dict[str, int]:
    """Return the byte that each letter of a byte-level vocabulary stands for.

    Printable Latin-1 stands for itself, the rest for the letters from U+0100 on (GPT-2's encoder).
    """
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(_BYTES) if byte not in set(shown)]
    values = {chr(byte): byte for byte in shown}
    return values | {chr(_BYTES + number): byte for number, byte in enumerate(hidden)}


def pack(vocabulary: Vocabulary) -> bytes:
    """Return `vocabulary` as bytes for the cache."""
    head = {
        "pattern": vocabulary.cutting.pattern,
        "indent": vocabulary.cutting.breaks_before_indent,
    }
    lengths = b"".join(len(token).to_bytes(2, "big") for token in vocabulary.tokens)
    parts = (json.dumps(head).encode(), lengths, b"".join(vocabulary.tokens))
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def unpack(data: bytes) -> Vocabulary:
    """Read what `pack` wrote; raise ValueError for anything else."""
    parts, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        parts.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    if len(parts) != 3 or at != len(data):  # noqa: PLR2004 - head, lengths, tokens
        raise ValueError("not a vocabulary")
    head = json.loads(parts[0])
    cutting = Cutting(str(head["pattern"]), bool(head["indent"]))
    return Vocabulary(cutting, tuple(_cut(parts[1], parts[2])))


def _cut(lengths: bytes, text: bytes) -> Iterator[bytes]:
    at = 0
    for number in range(0, len(lengths), 2):
        size = int.from_bytes(lengths[number : number + 2], "big")
        yield text[at : at + size]
        at += size
