"""The state of the models in sentences, for every editor that shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

_GIGABYTE = 1e9


def sentences(detail: Mapping[str, Any]) -> list[str]:
    """Return what `detail` of a status says, a line a thing: memory, speed, reuse, queue, index."""
    return [*_memory(detail), *_speeds(detail), *_work(detail)]


def _memory(detail: Mapping[str, Any]) -> Iterator[str]:
    for name in detail.get("loading", ()):
        yield f"Being loaded: {name}"
    for model in detail.get("running", ()):
        size, on_gpu = model["size"], model["sizeOnGpu"]
        where = "on the graphics card"
        if on_gpu < size:
            where = f"{on_gpu / _GIGABYTE:.1f} GB of it {where}" if on_gpu else "in main memory"
        context = f", room for {model['context']:,} tokens" if model["context"] else ""
        yield f"In memory: {model['name']}, {size / _GIGABYTE:.1f} GB, {where}{context}"
    if detail.get("version") and not detail.get("running") and not detail.get("loading"):
        yield "In memory: no model; the first request loads one"


def _speeds(detail: Mapping[str, Any]) -> Iterator[str]:
    for name, prompts in detail.get("prompts", {}).items():
        if prompts["readPerSecond"] and prompts["writtenPerSecond"]:
            read, written = prompts["readPerSecond"], prompts["writtenPerSecond"]
            yield f"Speed of {name}: reads {read:,}, writes {written:,} tokens a second"
        if prompts["tokens"]:
            reused = prompts["cached"] / prompts["tokens"]
            yield f"Prefix reuse of {name}: {reused:.0%} of {prompts['tokens']:,} prompt tokens"


def _work(detail: Mapping[str, Any]) -> Iterator[str]:
    if "waiting" in detail:
        waiting = detail["waiting"]
        yield f"Waiting for the model: {waiting or 'nothing'}"
    if index := detail.get("index"):
        more = "" if index["complete"] else ", still reading"
        yield f"Index: {index['files']:,} files, {index['definitions']:,} definitions{more}"
    if detail.get("version"):
        yield f"Ollama {detail['version']} at {detail['url']}"
