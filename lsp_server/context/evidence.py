"""Evidence for a question: blocks with their source, callers, and a map of the modules."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.blocks import Block
from lsp_server.context.index.messages import Caller, Gathered, Module, Touched
from lsp_server.context.tokens import Counter

_MODULE_NAMES = 12
_MODULE_IMPORTS = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question touches, the most telling first.

    `map` describes `modules` in plain text. `blocks` belong to `definitions` item by item.
    `files` gives the file of every path that occurs in any of them. `tokens` is the sum over
    map, blocks and callers.
    """

    map: str
    modules: tuple[Module, ...]
    definitions: tuple[Touched, ...]
    blocks: tuple[Block, ...]
    callers: tuple[Caller, ...]
    files: dict[str, Path]
    tokens: int


def gather(
    gathered: Gathered, count: Counter, budget: int, path_of: Callable[[str], Path | None]
) -> Evidence:
    """Return the evidence in what the index gathered, cut to `budget` tokens.

    Callers and modules go first where it is too much: what is asked about must be seen.
    """
    spent = 0
    blocks: list[Block] = []
    definitions: list[Touched] = []
    for item in gathered.definitions:
        tokens = count(item.text) + count(item.path) + 8
        if spent + tokens > budget:
            continue
        spent += tokens
        span = item.definition.span
        blocks.append(Block(item.path, span, item.text, tokens, item.depth, item.why))
        definitions.append(item)
    modules: list[Module] = []
    lines: list[str] = []
    for module in gathered.modules:
        text = module_line(module)
        if spent + count(text) > budget:
            break
        spent += count(text)
        modules.append(module)
        lines.append(text)
    callers: list[Caller] = []
    for caller in gathered.callers:
        tokens = count(f"{caller.path}:{caller.line}: {caller.text}\n")
        if spent + tokens > budget:
            break
        spent += tokens
        callers.append(caller)
    keys = {*(item.path for item in definitions), *(caller.path for caller in callers)}
    for module in modules:
        keys |= {module.path, *module.imports, *module.imported_by}
    located = ((key, path_of(key)) for key in sorted(keys))
    return Evidence(
        map="".join(lines),
        modules=tuple(modules),
        definitions=tuple(definitions),
        blocks=tuple(blocks),
        callers=tuple(callers),
        files={key: path for key, path in located if path is not None},
        tokens=spent,
    )


def module_line(module: Module) -> str:
    """Return one module as lines of text: what it offers, what it imports, who imports it."""
    size = f"{module.lines} line{'s' if module.lines != 1 else ''}"
    lines = [f"{on_one_line(module.path)} ({size}{', entry point' if module.is_entry else ''})"]
    if module.names:
        lines.append(f"  offers: {some(module.names, _MODULE_NAMES)}")
    if module.imports:
        lines.append(f"  imports: {some(module.imports, _MODULE_IMPORTS)}")
    if module.imported_by:
        lines.append(f"  imported by: {some(module.imported_by, _MODULE_IMPORTS)}")
    return "\n".join(lines) + "\n"


def some(items: tuple[str, ...], most: int) -> str:
    """Return the first items side by side, and how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(map(on_one_line, items[:most])) + more


def on_one_line(name: str) -> str:
    """Return a name with what would break the line, or not be seen, written as an escape."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)
