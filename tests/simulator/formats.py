"""How the two target models' prompts look, and how their raw output splits into channels.

Rendering follows Ollama's renderers for glm-4.7 and gpt-oss (harmony); what is left out (tools,
images) is refused by the routes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.simulator.values import Answer, Format

Messages = list[dict[str, Any]]
Think = bool | str

_HARMONY_SYSTEM = (
    "You are ChatGPT, a large language model trained by OpenAI.\n"
    "Knowledge cutoff: 2024-06\nCurrent date: 2026-01-01\n{effort}\n"
    "# Valid channels: analysis, commentary, final. Channel must be included for every message."
)


def render(form: Format, messages: Messages, think: Think) -> str:
    """Return the prompt for `messages`; it ends where the assistant's turn begins."""
    return {Format.HARMONY: _harmony, Format.GLM: _glm, Format.CHATML: _chatml}[form](
        messages, think
    )


def _harmony(messages: Messages, think: Think) -> str:
    level = {True: "medium", "max": "high"}.get(think, think)
    effort = f"\nReasoning: {level}\n" if level else ""
    parts = [f"<|start|>system<|message|>{_HARMONY_SYSTEM.format(effort=effort)}<|end|>"]
    for message in messages:
        role, content = message["role"], message.get("content", "")
        last = message is messages[-1]
        if role == "system":
            parts.append(f"<|start|>developer<|message|># Instructions\n\n{content}<|end|>")
        elif role == "assistant" and last:
            return "".join([*parts, f"<|start|>assistant<|channel|>final<|message|>{content}"])
        elif role == "assistant":
            parts.append(f"<|start|>assistant<|channel|>final<|message|>{content}<|end|>")
        else:
            parts.append(f"<|start|>{role}<|message|>{content}<|end|>")
    return "".join([*parts, "<|start|>assistant"])


def _glm(messages: Messages, think: Think) -> str:
    parts = ["[gMASK]<sop>"]
    for message in messages:
        role, content = message["role"], message.get("content", "")
        if role == "assistant":
            thought = message.get("thinking")
            parts.append(f"<|assistant|>{f'<think>{thought}' if thought else ''}</think>{content}")
        else:
            parts.append(f"<|{role}|>{content}")
    return "".join([*parts, "<|assistant|>", "<think>" if think else "</think>"])


def _chatml(messages: Messages, think: Think) -> str:
    parts: list[str] = []
    for message in messages:
        role, content = message["role"], message.get("content", "")
        if role == "assistant" and message is messages[-1]:
            return "".join([*parts, f"<|im_start|>assistant\n{content}"])
        parts.append(f"<|im_start|>{role}\n{content}<|im_end|>\n")
    return "".join([*parts, "<|im_start|>assistant\n"])


def raw_pieces(form: Format, answer: Answer, prompt: str) -> Iterator[str]:
    """Return `answer` as the tokens of a model that continues `prompt`, special ones included."""
    if form is Format.HARMONY and prompt.endswith("<|start|>assistant"):
        yield from ("<|channel|>", "analysis", "<|message|>")
        yield from words(answer.thinking)
        yield from ("<|end|>", "<|start|>", "assistant", "<|channel|>", "final", "<|message|>")
    if form is Format.GLM and prompt.endswith("<think>"):
        yield from words(answer.thinking)
        yield "</think>"
    yield from words(answer.text)


_WORD = re.compile(r"[ ]?\w{1,6}|\s|[^\w\s]")


def words(text: str) -> list[str]:
    """Split `text` into pieces about as long as tokens; joined they are the text."""
    return _WORD.findall(text)


@dataclass(frozen=True)
class Said:
    """A piece of output and the channel it belongs to."""

    text: str
    thinking: bool


ENDS = ("<|return|>", "<|call|>", "<|endoftext|>", "<|user|>", "<|observation|>", "<|im_end|>")


def read(form: Format, prompt: str, pieces: Iterable[str]) -> Iterator[Said]:
    """Split raw output into what a client is sent; it ends at an end-of-generation token."""
    reader = {Format.HARMONY: _read_harmony, Format.GLM: _read_glm}.get(form, _read_plain)
    yield from reader(prompt, (piece for piece in pieces))


def _read_plain(prompt: str, pieces: Iterable[str]) -> Iterator[Said]:
    for piece in pieces:
        if piece in ENDS:
            return
        yield Said(piece, thinking=False)


def _read_glm(prompt: str, pieces: Iterable[str]) -> Iterator[Said]:
    thinking = prompt.endswith("<think>")
    fresh = False
    for piece in pieces:
        if piece in ENDS:
            return
        if piece == "<think>":
            thinking = True
        elif piece == "</think>":
            thinking, fresh = False, True
        else:
            # The parser drops the blank between the reasoning and the answer.
            text = piece.lstrip() if fresh else piece
            fresh = fresh and not text
            yield Said(text, thinking)


def _read_harmony(prompt: str, pieces: Iterable[str]) -> Iterator[Said]:
    header: list[str] | None = [] if prompt.endswith("<|start|>assistant") else None
    thinking = False
    for piece in pieces:
        if piece in ENDS:
            return
        if piece in {"<|end|>", "<|start|>"}:
            header = []
        elif piece == "<|message|>":
            thinking = "analysis" in "".join(header or [])
            header = None
        elif header is not None:
            header.append(piece)
        else:
            yield Said(piece, thinking)
