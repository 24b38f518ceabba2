"""A settings file with the line of each value."""

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsp_server.common.files import read_plain_file
from lsp_server.config.source import Entry, Source

if TYPE_CHECKING:
    import yaml

_MOST_BYTES = 256 * 1024
# No setting is nested deeper than a list of entries with lists.
_DEEPEST = 3
_LONGEST = 100


def source_of_file(path: Path, *, machine: bool) -> Source | None:
    """Return what stands in the settings file, or None if there is no file."""
    # A folder or a pipe of this name is no settings file.
    if not path.is_file():
        return None
    try:
        data = read_plain_file(path, _MOST_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            return Source(str(path), faults=("It is too large for a settings file.",))
        return Source(str(path), faults=(f"It cannot be read: {error.strerror}.",))
    return _parsed(str(path), data, machine=machine)


def _parsed(name: str, data: bytes, *, machine: bool) -> Source:
    import yaml

    try:
        # Composing keeps the lines; aliases are not expanded, so that a file cannot explode.
        root = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        return Source(name, faults=("It is not UTF-8 text.",))
    except yaml.MarkedYAMLError as error:
        return Source(name, faults=(_yaml_fault(error),))
    except (yaml.YAMLError, RecursionError) as error:
        return Source(name, faults=(f"It is not YAML: {error}.",))
    entries, faults = _entries(root)
    return Source(name, tuple(entries), tuple(faults), machine)


def _yaml_fault(error: "yaml.MarkedYAMLError") -> str:
    mark = error.problem_mark or error.context_mark
    where = f"Line {mark.line + 1}: " if mark else ""
    return f"{where}this is not YAML: {error.problem or error.context}."


def _entries(root: Any) -> tuple[list[Entry], list[str]]:
    import yaml

    entries: list[Entry] = []
    faults: list[str] = []
    if root is None:
        return entries, faults
    if not isinstance(root, yaml.MappingNode):
        return entries, ["Line 1: sections are expected here, such as `agent:`."]
    for key, node in root.value:
        if isinstance(node, yaml.MappingNode):
            entries += [_entry(key, name, at) for name, at in node.value if not _is_null(at)]
        elif not _is_null(node):
            entries.append(Entry(_word(key), "", _value(node), _line(key)))
    return entries, faults + _repeated(root)


def _entry(section: Any, name: Any, value: Any) -> Entry:
    return Entry(_word(section), _word(name), _value(value), _line(name))


def _repeated(root: Any) -> list[str]:
    """Return a sentence for each key that stands twice, of which YAML keeps only one."""
    import yaml

    faults = []
    seen: set[str] = set()
    for key, node in root.value:
        inner = node.value if isinstance(node, yaml.MappingNode) else []
        for name, at in [(_word(key), key), *((f"{_word(key)}.{_word(n)}", n) for n, _ in inner)]:
            if name in seen:
                faults.append(f"Line {_line(at)}: {name} stands here a second time.")
            seen.add(name)
    return faults


def _word(node: Any) -> str:
    return str(node.value) if isinstance(node.value, str) else "?"


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _is_null(node: Any) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


def _value(node: Any, depth: int = 0, seen: frozenset[int] = frozenset()) -> Any:
    """Return a value of plain lists, mappings and scalars.

    Where it is too much it is `[None]`, which no setting accepts. A list that stands in itself, or
    that aliases repeat, is too much: nine lines of aliases of aliases are a million entries.
    """
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    inner = [one for pair in node.value for one in (pair if isinstance(pair, tuple) else (pair,))]
    branches = [one for one in inner if not isinstance(one, yaml.ScalarNode)]
    repeated = len({id(one) for one in branches}) < len(branches) or id(node) in seen
    if repeated or depth > _DEEPEST or len(node.value) > _LONGEST:
        return [None]
    below = seen | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, depth + 1, below) for one in node.value]
    return {_word(name): _value(one, depth + 1, below) for name, one in node.value}


def _scalar(node: Any) -> Any:
    import yaml

    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, KeyError):
        return node.value
