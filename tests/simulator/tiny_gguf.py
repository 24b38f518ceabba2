"""Tiny GGUF models in the shapes of the two target models, for a real llama-server.

They hold a byte-level vocabulary with real merges and the smallest tensors that llama.cpp loads.
Attention and experts add nothing, the embedding tells apart the few tokens of a table, and the
output follows that table: what comes next depends on the last token alone, and is what the models
of `catalogue.tiny` say. Shapes follow llama.cpp's src/models/{llama,openai-moe,deepseek2}.cpp.

By hand: python -m tests.simulator.tiny_gguf FOLDER
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from lsp_server.models.tokens.vocabulary import byte_values
from tests.models.tokens.training import merged, trained

WIDTH, HEADS, HEAD, HIDDEN, RANK, EXPERTS = 64, 4, 16, 64, 32, 2
CONTEXT = 32768
_MARKS = {
    "llama": ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
    "gpt-oss": (
        *("<|return|>", "<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>"),
        "<|constrain|>",
    ),
    "deepseek2": (
        *("<|endoftext|>", "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>"),
        *("<|observation|>", "<think>", "</think>"),
    ),
}
_ENDS = {"llama": "<|endoftext|>", "gpt-oss": "<|return|>", "deepseek2": "<|user|>"}
# A table may name a token once only, so the second header of a gpt-oss answer is one word.
_FINAL = "<|start|>assistant<|channel|>final<|message|>answer."
# What follows which token; "" stands for all others. A blank is Ġ, as in all such vocabularies.
_NEXT = {
    "llama": {"": "alpha", "alpha": "Ġbeta", "Ġbeta": "Ġgamma", "Ġgamma": "Ġdelta"},
    "gpt-oss": {
        "": "answer.",
        "answer.": "<|return|>",
        "assistant": "<|channel|>",
        "<|channel|>": "analysis",
        "analysis": "<|message|>",
        "<|message|>": "reason1",
        "reason1": "Ġreason2",
        "Ġreason2": "<|end|>",
        "<|end|>": _FINAL,
        _FINAL: "<|return|>",
    },
    "deepseek2": {
        "": "answer.",
        "answer.": "<|user|>",
        "<think>": "reason1",
        "reason1": "Ġreason2",
        "Ġreason2": "</think>",
        "</think>": "answer.",
    },
}
# Words that merges lead to. The prompt of gpt-oss ends in one, which has to be one token for the
# table; and where a vocabulary is cut as Llama 3's, the engine takes whole words without merges.
_JOINED = {
    "llama": ("alpha", "Ġbeta", "Ġgamma", "Ġdelta"),
    "gpt-oss": ("assistant",),
    "deepseek2": (),
}
# The output's weight for the next token: no other comes near it at any temperature.
_SURE = 10.0
_PRES = {"llama": "llama-bpe", "gpt-oss": "gpt-4o", "deepseek2": "glm4"}
SHAPES = tuple(_MARKS)
Tensors = Iterator[tuple[str, tuple[int, ...]]]


def vocabulary(shape: str) -> dict[str, Any]:
    """Return tokens, merges and names as GGUF and /api/show carry them."""
    trained_tokens, merges = trained()
    known = [*byte_values(), *trained_tokens[256:]]
    word, joins = list[str](), list[str]()
    for one in _JOINED[shape]:
        made, by = _joined(one, [*merges, *joins])
        word += made
        joins += by
    said = {token for pair in _NEXT[shape].items() for token in pair if token}
    marks = _MARKS[shape]
    tokens = [*known, *(one for one in word if one not in known)]
    tokens += sorted(said - {*tokens, *marks})
    return {
        "general.architecture": shape,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": _PRES[shape],
        "tokenizer.ggml.tokens": [*tokens, *marks],
        "tokenizer.ggml.token_type": [1] * len(tokens) + [3] * len(marks),
        "tokenizer.ggml.merges": [*merges, *joins],
    }


def _joined(word: str, merges: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tokens and merges that make `word` one token, after `merges`."""
    pieces = tuple(word)
    for merge in merges:
        left, right = merge.split(" ")
        pieces = merged(pieces, (left, right))
    tokens, joins, begun = list[str](), list[str](), pieces[0]
    for piece in pieces[1:]:
        joins.append(f"{begun} {piece}")
        begun += piece
        tokens.append(begun)
    return tuple(tokens), tuple(joins)


def write_model(path: Path, shape: str, known: Mapping[str, Any] | None = None) -> None:
    """Write the tiny model of `shape` to `path`, with the vocabulary `known` if given."""
    known = known or vocabulary(shape)
    tokens: Sequence[str] = known["tokenizer.ggml.tokens"]
    writer = gguf.GGUFWriter(path, shape)
    _common(writer, known, shape)
    for key, value in _SPECIFIC[shape].items():
        _add(writer, f"{shape}.{key}", value)
    embedding, output = _table(tokens, _NEXT[shape])
    special = {"token_embd.weight": embedding, "output.weight": output}
    for name, dimensions in _tensors(shape, len(tokens)):
        data = special.get(name)
        if data is None:
            data = np.full(dimensions, float(name.endswith("norm.weight")), dtype=np.float32)
        writer.add_tensor(name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _table(
    tokens: Sequence[str], following: Mapping[str, str]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the embedding, one direction a token of the table, and the output that follows it."""
    at = {token: number for number, token in enumerate(tokens)}
    embedding = np.zeros((len(tokens), WIDTH), dtype=np.float32)
    output = np.zeros((len(tokens), WIDTH), dtype=np.float32)
    embedding[:, 0] = 1.0
    for direction, (token, follower) in enumerate(following.items()):
        if token in at:
            embedding[at[token]] = 0.0
            embedding[at[token], direction] = 1.0
        # A vocabulary of someone else's may lack the words; any printable token will do then.
        output[at.get(follower, at["!"]), direction] = _SURE
    return embedding, output


def _common(writer: gguf.GGUFWriter, known: Mapping[str, Any], shape: str) -> None:
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(2 if shape == "gpt-oss" else 1)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1 if shape == "deepseek2" else HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(known["tokenizer.ggml.pre"])
    writer.add_token_list(known["tokenizer.ggml.tokens"])
    writer.add_token_types(known["tokenizer.ggml.token_type"])
    writer.add_token_merges(known["tokenizer.ggml.merges"])
    tokens = known["tokenizer.ggml.tokens"]
    end = tokens.index(_ENDS[shape]) if _ENDS[shape] in tokens else len(tokens) - 1
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(end)
    writer.add_add_bos_token(value=False)


def _add(writer: gguf.GGUFWriter, key: str, value: float | str) -> None:
    if isinstance(value, str):
        writer.add_string(key, value)
    elif isinstance(value, float):
        writer.add_float32(key, value)
    elif isinstance(value, bool):
        writer.add_bool(key, value)
    else:
        writer.add_uint32(key, value)


_EXPERTS: dict[str, float | str] = {
    "expert_count": EXPERTS,
    "expert_used_count": 1,
    "expert_feed_forward_length": HIDDEN,
}
_SPECIFIC: dict[str, dict[str, float | str]] = {
    "llama": {"rope.dimension_count": HEAD},
    "gpt-oss": {
        **_EXPERTS,
        "attention.key_length": HEAD,
        "attention.value_length": HEAD,
        "attention.sliding_window": 128,
        "rope.dimension_count": HEAD,
        "rope.freq_base": 150000.0,
        "rope.scaling.type": "yarn",
        "rope.scaling.factor": 32.0,
        "rope.scaling.original_context_length": 4096,
    },
    "deepseek2": {
        **_EXPERTS,
        "leading_dense_block_count": 1,
        "expert_shared_count": 1,
        "expert_weights_scale": 1.0,
        "expert_weights_norm": True,
        "expert_gating_func": 2,
        "expert_group_count": 1,
        "expert_group_used_count": 1,
        "attention.q_lora_rank": RANK,
        "attention.kv_lora_rank": RANK,
        "attention.key_length": RANK + HEAD,
        "attention.value_length": RANK,
        "attention.key_length_mla": 2 * HEAD,
        "attention.value_length_mla": HEAD,
        "rope.dimension_count": HEAD,
        "rope.freq_base": 10000.0,
    },
}


def _tensors(shape: str, size: int) -> Tensors:
    yield "token_embd.weight", (size, WIDTH)
    yield "output_norm.weight", (WIDTH,)
    yield "output.weight", (size, WIDTH)
    if shape == "gpt-oss":
        yield from _gpt_oss("blk.0")
        yield from _gpt_oss("blk.1")
    elif shape == "deepseek2":
        yield from _deepseek("blk.0")
    else:
        yield from _attention("blk.0")
        yield "blk.0.ffn_norm.weight", (WIDTH,)
        yield from _dense("blk.0")


def _attention(block: str) -> Tensors:
    yield f"{block}.attn_norm.weight", (WIDTH,)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        yield f"{block}.{name}.weight", (WIDTH, WIDTH)


def _dense(block: str) -> Tensors:
    yield f"{block}.ffn_gate.weight", (HIDDEN, WIDTH)
    yield f"{block}.ffn_up.weight", (HIDDEN, WIDTH)
    yield f"{block}.ffn_down.weight", (WIDTH, HIDDEN)


def _gpt_oss(block: str) -> Tensors:
    yield from _attention(block)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        yield f"{block}.{name}.bias", (WIDTH,)
    yield f"{block}.post_attention_norm.weight", (WIDTH,)
    yield f"{block}.attn_sinks.weight", (HEADS,)
    yield f"{block}.ffn_gate_inp.weight", (EXPERTS, WIDTH)
    yield f"{block}.ffn_gate_inp.bias", (EXPERTS,)
    for name in ("ffn_gate_exps", "ffn_up_exps"):
        yield f"{block}.{name}.weight", (EXPERTS, HIDDEN, WIDTH)
        yield f"{block}.{name}.bias", (EXPERTS, HIDDEN)
    yield f"{block}.ffn_down_exps.weight", (EXPERTS, WIDTH, HIDDEN)
    yield f"{block}.ffn_down_exps.bias", (EXPERTS, WIDTH)


def _deepseek(block: str) -> Tensors:
    yield f"{block}.attn_norm.weight", (WIDTH,)
    yield f"{block}.attn_q_a.weight", (RANK, WIDTH)
    yield f"{block}.attn_q_a_norm.weight", (RANK,)
    yield f"{block}.attn_q_b.weight", (HEADS * 2 * HEAD, RANK)
    yield f"{block}.attn_kv_a_mqa.weight", (RANK + HEAD, WIDTH)
    yield f"{block}.attn_kv_a_norm.weight", (RANK,)
    yield f"{block}.attn_k_b.weight", (HEADS, RANK, HEAD)
    yield f"{block}.attn_v_b.weight", (HEADS, HEAD, RANK)
    yield f"{block}.attn_output.weight", (WIDTH, HEADS * HEAD)
    yield f"{block}.ffn_norm.weight", (WIDTH,)
    yield from _dense(block)


if __name__ == "__main__":
    for one in SHAPES:
        write_model(Path(sys.argv[1]) / f"{one}.gguf", one)
