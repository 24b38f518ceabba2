"""Ready-made models: the two that Tandem is made for, by their real names, and tiny ones."""

from collections.abc import Iterator
from typing import Any

from tests.simulator.tokens import tokeniser
from tests.simulator.values import Format, Pieces, Script, SimModel

GIB = 1 << 30
FIM_GLM = ("<|code_prefix|>", "<|code_middle|>", "<|code_suffix|>")
_GLM = (
    *("<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>"),
    *("<|system|>", "<|user|>", "<|assistant|>", "<|observation|>", "<think>", "</think>"),
    *FIM_GLM,
)
_HARMONY = (
    *("<|startoftext|>", "<|endoftext|>", "<|return|>", "<|constrain|>", "<|channel|>"),
    *("<|start|>", "<|end|>", "<|message|>", "<|call|>"),
)
_CHATML = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
FIM_QWEN = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")
BIGRAM_WORDS = ("reason1", " reason2", "answer.", "alpha", " beta", " gamma", " delta")


def gpt_oss(script: Script, name: str = "gpt-oss:20b") -> SimModel:
    """Return gpt-oss 20B with the sizes of its library entry."""
    info = {
        "gptoss.block_count": 24,
        "gptoss.attention.head_count": 64,
        "gptoss.attention.head_count_kv": 8,
        "gptoss.attention.key_length": 64,
        "gptoss.attention.value_length": 64,
        "gptoss.attention.sliding_window": 128,
        "gptoss.embedding_length": 2880,
    }
    return SimModel(
        name,
        script,
        format=Format.HARMONY,
        family="gptoss",
        size=13_793_441_244,
        capabilities=("completion", "tools", "thinking"),
        special=_HARMONY,
        model_info=info,
        quantization="MXFP4",
    )


def glm_flash(script: Script, tag: str = "latest") -> SimModel:
    """Return GLM 4.7 Flash with the sizes of its library entry."""
    sizes = {"bf16": 60, "q8_0": 32}
    info = {
        "glm4moelite.block_count": 47,
        "glm4moelite.attention.head_count": 20,
        "glm4moelite.attention.head_count_kv": 20,
        "glm4moelite.attention.kv_lora_rank": 512,
        "glm4moelite.attention.key_length": 256,
        "glm4moelite.attention.value_length": 256,
        "glm4moelite.rope.dimension_count": 64,
        "glm4moelite.embedding_length": 2048,
    }
    return SimModel(
        f"glm-4.7-flash:{tag}",
        script,
        format=Format.GLM,
        family="glm4moelite",
        size=sizes.get(tag, 19) * 1_000_000_000,
        trained_context=202752,
        capabilities=("completion", "tools", "thinking"),
        special=_GLM,
        model_info=info,
        pre="chatglm-bpe",
        quantization={"bf16": "BF16", "q8_0": "Q8_0"}.get(tag, "Q4_K_M"),
    )


def coder(script: Script, name: str = "qwen2.5-coder:1.5b") -> SimModel:
    """Return a coder whose template takes a suffix."""
    return SimModel(
        name,
        script,
        family="qwen2",
        trained_context=32768,
        capabilities=("completion", "tools", "insert"),
        special=(*_CHATML, *FIM_QWEN),
        pre="qwen2",
    )


def tiny(name: str, form: Format, pieces: Pieces | None = None) -> SimModel:
    """Return a tiny model whose next token follows from its last one alone.

    Plain ones say alpha beta gamma delta for ever, gpt-oss and GLM shaped ones reason and answer.
    """
    family = {Format.HARMONY: "gptoss", Format.GLM: "glm4moelite", Format.CHATML: "llama"}[form]
    special = {Format.HARMONY: _HARMONY, Format.GLM: _GLM, Format.CHATML: _CHATML}[form]
    loops = {Format.HARMONY: _harmony_loop, Format.GLM: _glm_loop, Format.CHATML: _plain_loop}
    thinks = () if form is Format.CHATML else ("thinking",)
    return SimModel(
        name,
        pieces=pieces or loops[form],
        format=form,
        family=family,
        trained_context=32768,
        capabilities=("completion", *thinks),
        special=special,
        words=BIGRAM_WORDS,
        model_info=_TINY_SHAPES[form],
    )


def contract_models() -> list[SimModel]:
    """Return the tiny models of the contract: m plain, g gpt-oss, f GLM, r that repeats itself."""
    forms = {"m": Format.CHATML, "g": Format.HARMONY, "f": Format.GLM}
    models = [tiny(f"{name}:latest", form) for name, form in forms.items()]
    return [*models, tiny("r:latest", Format.CHATML, repeating("no "))]


_TINY_SHAPES = {
    Format.CHATML: {"llama.block_count": 1, "llama.embedding_length": 64},
    Format.HARMONY: {"gptoss.block_count": 2, "gptoss.attention.sliding_window": 128},
    Format.GLM: {"glm4moelite.block_count": 1, "glm4moelite.attention.kv_lora_rank": 16},
}


def _plain_loop(_prompt: str) -> Iterator[str]:
    while True:
        yield from ("alpha", " beta", " gamma", " delta")


def _harmony_loop(prompt: str) -> Iterator[str]:
    if prompt.endswith("<|start|>assistant"):
        yield from ("<|channel|>", "analysis", "<|message|>", "reason1", " reason2", " ")
        yield from ("<|end|>", "<|start|>", "assistant", "<|channel|>", "final", "<|message|>")
    yield from ("answer.", "<|return|>")


def _glm_loop(prompt: str) -> Iterator[str]:
    if prompt.endswith("<think>"):
        yield from ("reason1", " reason2", "</think>")
    yield from ("answer.", "<|user|>")


def repeating(text: str) -> Pieces:
    """Return pieces that say `text` for ever."""

    def pieces(_prompt: str) -> Iterator[str]:
        while True:
            yield text

    return pieces


def show_info(model: SimModel, verbose: bool) -> dict[str, Any]:  # noqa: FBT001
    """Return `model_info` as /api/show gives it: arrays are null without verbose."""
    vocabulary = tokeniser(model.words, model.special)
    arrays = {
        "tokenizer.ggml.tokens": vocabulary.tokens,
        "tokenizer.ggml.token_type": vocabulary.types,
        "tokenizer.ggml.merges": ["Ġ Ġ"],
    }
    return {
        "general.architecture": model.family,
        f"{model.family}.context_length": model.trained_context,
        **model.model_info,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": model.pre,
        **(arrays if verbose else dict.fromkeys(arrays)),
    }
