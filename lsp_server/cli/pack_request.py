"""One line of `tandem-ls pack --jsonl` as the request in it."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.cli.json_lines import MOST_BYTES
from lsp_server.common.errors import TandemError
from lsp_server.common.languages import language_of_text
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import position_at
from lsp_server.config.settings import LEAST_CONTEXT_TOKENS, MOST_CONTEXT_TOKENS

_ROOT = "the path of a folder"
_PATH = "the path of a file below the root"
_TEXT = "the text of the file"
_NUMBER = "a whole number"
_PATHS = "a list of paths"
# A surrogate without its partner, as JSON can write it.
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


class BadRequest(TandemError):
    """A line that asks for nothing; the sentence says what is wrong with it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "`tandem-ls pack --help` shows a line as it should be.")


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What one line asks for. `root` is free of links, and all paths lie below it."""

    root: Path
    place: Place
    budget: int
    opened: tuple[Path, ...]


def read_request(line: bytes) -> PackRequest:
    """Return the request in `line`; raises BadRequest if there is none."""
    given = _object(line)
    written = _path(given, "root", _ROOT)
    root = Path(os.path.realpath(written))
    # Path.is_dir raises for some names that no folder can have.
    if not os.path.isdir(root):  # noqa: PTH112
        raise BadRequest(f'"root" must be {_ROOT}.')
    path = _below(root, written, _path(given, "path", _PATH))
    if path is None:
        raise BadRequest(f'"path" must be {_PATH}.')
    budget = _number(given, "budget_tokens")
    if not LEAST_CONTEXT_TOKENS <= budget <= MOST_CONTEXT_TOKENS:
        raise BadRequest(
            f'"budget_tokens" must be from {LEAST_CONTEXT_TOKENS} to {MOST_CONTEXT_TOKENS}.'
        )
    place = _place(path, _text(given, "text", _TEXT), _number(given, "cursor"))
    opened = (_below(root, written, one) for one in _opened(given))
    # What lies elsewhere is not in the index and counts for nothing.
    return PackRequest(root, place, budget, tuple(one for one in opened if one is not None))


def _object(line: bytes) -> dict[str, Any]:
    if not line.strip():
        raise BadRequest("The line is empty.")
    if len(line) > MOST_BYTES:
        raise BadRequest(f"The line is longer than {MOST_BYTES >> 20} MB.")
    try:
        given = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadRequest(f"The line is no UTF-8: byte {error.start + 1} cannot be read.") from error
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        raise BadRequest(f"The line is no JSON: {what} at character {error.pos + 1}.") from error
    except RecursionError as error:
        raise BadRequest("The line is nested too deeply.") from error
    except ValueError as error:
        # Python bounds the digits of a number, whose square the reading would take.
        raise BadRequest("The line holds a number of too many digits.") from error
    if not isinstance(given, dict):
        raise BadRequest("The line is no JSON object.")
    return given


def _text(given: dict[str, Any], name: str, what: str) -> str:
    if name not in given:
        raise BadRequest(f'"{name}" is missing; it must be {what}.')
    if not isinstance(given[name], str):
        raise BadRequest(f'"{name}" must be {what}.')
    return str(given[name])


def _path(given: dict[str, Any], name: str, what: str) -> str:
    path = _text(given, name, what)
    if not path:
        raise BadRequest(f'"{name}" is empty; it must be {what}.')
    return _possible(path, name)


def _possible(path: str, name: str) -> str:
    if "\0" in path or _HALF_CHARACTER.search(path):
        raise BadRequest(f'"{name}" holds a character that no path can hold.')
    return path


def _number(given: dict[str, Any], name: str) -> int:
    if name not in given:
        raise BadRequest(f'"{name}" is missing; it must be {_NUMBER}.')
    value = given[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRequest(f'"{name}" must be {_NUMBER}.')
    return value


def _opened(given: dict[str, Any]) -> list[str]:
    opened = given.get("open_files")
    if opened is None:
        return []
    if not isinstance(opened, list) or not all(isinstance(one, str) for one in opened):
        raise BadRequest(f'"open_files" must be {_PATHS}.')
    return [_possible(one, "open_files") for one in opened]


def _below(root: Path, written: str, path: str) -> Path | None:
    """Return a path in its one form below `root`, which the line may have `written` otherwise."""
    folder = os.path.abspath(written)  # noqa: PTH100 - links are kept as they were written
    whole = Path(os.path.normpath(Path(folder, path)))
    for top in (Path(folder), root):
        if whole != top and whole.is_relative_to(top):
            return root / whole.relative_to(top)
    return None


def _place(path: Path, text: str, cursor: int) -> Place:
    # Three bytes, however the sender counts: so many take the half character and what replaces it.
    text = _HALF_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
    content = text.encode()
    if not 0 <= cursor <= len(content):
        raise BadRequest(
            f'"cursor" must be a number of bytes from 0 to {len(content)}, where the text ends.'
        )
    language = language_of_text(path, content).name
    snapshot = Snapshot.of_text(text, language=language, path=path)
    offset = len(content[:cursor].decode("utf-8", "ignore"))
    return Place(snapshot, position_at(snapshot.lines, offset))
