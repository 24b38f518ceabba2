"""What the server and the index process say to each other: plain values, pickled between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lsp_server.common.blocks import Depth
from lsp_server.config.settings import CacheSettings, IndexSettings
from lsp_server.context.index.reading.definitions import Definition


@dataclass(frozen=True, slots=True)
class Start:
    """Index these roots within these limits; without `cache` nothing is kept on disk."""

    roots: tuple[Path, ...]
    index: IndexSettings
    cache: CacheSettings | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Watch the folders of the index from now on, and tell what changes by `FilesSeen`."""


@dataclass(frozen=True, slots=True)
class FilesSeen:
    """These paths were made, changed or deleted on disk; the index has read them already."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FilesChanged:
    """These files were saved, made, renamed or deleted; answered by the keys of those indexed."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class BufferChanged:
    """An open document as it stands now; `path` is its key in the index."""

    path: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class BufferClosed:
    """A document is open no more: the file on disk holds again."""

    path: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to go on from what is shown: keep it all, or keep less and have more room.

    `room` counts the tokens of new pieces, `own_room` how many of them may show the rest of the
    current file, `reread` the tokens that a model would read again. `shown` holds, by path, the
    names that stay shown, one a line, as `unique_names` tells them apart: there are thousands, and
    one text for each file is pickled in no time. Tokens are UTF-8 bytes over four; the asker
    counts exactly.
    """

    room: int
    own_room: int
    reread: int
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seek:
    """Ask for the definitions that the code at a place needs.

    `cursor` is a code point offset, `window` the lines that are shown anyway. Among `plans` the
    one that pays best is taken: one more needed definition is worth reading `tokens_per_need`
    tokens again. The answer waits `patience` seconds at most for installed packages to be read.
    """

    path: str
    language: str
    text: str
    cursor: int
    window: tuple[int, int]
    plans: tuple[Plan, ...]
    tokens_per_need: float = 0.0
    opened: tuple[str, ...] = ()
    recent: Mapping[str, float] = field(default_factory=dict)
    patience: float = 0.0


class Piece(NamedTuple):
    """A slice of one file: its text, the qualified names in it with their depth, and why.

    No dataclass, because an answer holds hundreds, and tuples are pickled many times faster.
    """

    path: str
    text: str
    shown: Mapping[str, Depth]
    lines: tuple[int, int]
    worth: float
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """The plan that was taken, and what to append: best first, the current file's rest last."""

    plan: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class MapWanted:
    """Ask for the repository's most used definitions as a text of at most `room` tokens."""

    room: int


@dataclass(frozen=True, slots=True)
class MapText:
    """The map, sorted by path, and the qualified names in it by path."""

    text: str
    shown: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class NameWanted:
    """Ask who defines a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Located:
    """A definition and the key of the file that holds it."""

    path: str
    definition: Definition


@dataclass(frozen=True, slots=True)
class VisibleWanted:
    """Ask which names code in this text can mean."""

    path: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class EvidenceWanted:
    """Ask for what a question touches, up to `room` tokens."""

    question: str
    room: int
    path: str = ""
    text: str = ""
    cursor: int = 0


@dataclass(frozen=True, slots=True)
class ModulesWanted:
    """Ask for the map of modules."""


@dataclass(frozen=True, slots=True)
class KeysWanted:
    """Ask for the keys of all indexed files, in path order."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far the index is. `total` is None while the files are still being counted."""

    done: int
    total: int | None
    definitions: int = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that the index process could not answer, in one sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StatusWanted:
    """Ask how far the index is; with `when_complete` the answer waits until all is ranked."""

    when_complete: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """One file as others see it. `imports` and `imported_by` are files of the workspace.

    `names` are all that it offers: types and functions of its own in file order, then constants,
    then what it hands on. `is_entry` says that a program, a crate or a package begins here. `rank`
    orders modules by how much of the repository leads to them.
    """

    path: str
    language: str
    lines: int
    names: tuple[str, ...]
    imports: tuple[str, ...]
    imported_by: tuple[str, ...]
    is_entry: bool
    is_test: bool
    rank: float


@dataclass(frozen=True, slots=True)
class Survey:
    """All modules in path order, and the groups of modules that import each other in a circle."""

    modules: tuple[Module, ...]
    cycles: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """A definition that the question touches, with its file's key and its text at some depth."""

    path: str
    definition: Definition
    depth: Depth
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A line that uses a definition, and the definition that the line stands in, if any."""

    path: str
    line: int
    text: str
    name: str
    inside: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found for a question: modules, definitions and callers, the most telling first."""

    modules: tuple[Module, ...]
    definitions: tuple[Touched, ...]
    callers: tuple[Caller, ...]


@dataclass(frozen=True, slots=True)
class TextsWanted:
    """The texts of these files as they stand now, by path; what is gone is not among them."""

    paths: tuple[str, ...]


Request = (
    Start
    | TextsWanted
    | Watch
    | FilesChanged
    | BufferChanged
    | BufferClosed
    | Seek
    | MapWanted
    | NameWanted
    | VisibleWanted
    | EvidenceWanted
    | ModulesWanted
    | KeysWanted
    | StatusWanted
)
