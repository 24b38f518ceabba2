"""What a question touches: the definitions it names or means, who uses them, and their modules."""

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.context.index import messages as m
from lsp_server.context.index.definitions import CALLABLE, TYPES, Definition
from lsp_server.context.index.ranking.tables import Floats, Tables, subwords
from lsp_server.context.index.render import indent
from lsp_server.context.index.survey import module_of
from lsp_server.context.index.workspace import Workspace

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_PATH = re.compile(r"[\w\-./]+\.\w+")
_STOP = frozenset(
    """
    the and for are was what where which who why how does when with from that this into about have
    has can could should would will all any each use used uses using work works do is in of to on
    it an as at by be or not code file files function class method module explain tell show find
    me please there between they them its get set make
    """.split()
)
_NAMED = 6.0
_MOST_DEFINITIONS = 24
_MOST_CALLERS = 24
_MOST_MODULES = 12
_BODY_SHARE = 0.6
_CALLER_FILES = 200


def evidence(workspace: Workspace, wanted: m.EvidenceWanted) -> m.Gathered:
    """Return what the question touches, its texts within `room` tokens."""
    tables = workspace.tables()
    if not len(tables.definitions):
        return m.Gathered((), (), ())
    scores = _scores(tables, wanted)
    order = np.argsort(-scores, kind="stable")[:_MOST_DEFINITIONS]
    best = [number for number in order.tolist() if scores[number] > 0.3 * scores[order[0]] > 0]
    if not best:
        return m.Gathered(_modules(tables, []), (), ())
    definitions = _texts(workspace, tables, best, scores, wanted.room)
    callers = _callers(workspace, tables, best)
    files = [int(tables.definition_file[number]) for number in best]
    return m.Gathered(_modules(tables, files), definitions, callers)


def _scores(tables: Tables, wanted: m.EvidenceWanted) -> Floats:
    named = set(_IDENTIFIER.findall(wanted.question))
    words = {word for name in named for word in [*subwords(name), name.lower()]} - _STOP
    stems = {_stem(word) for word in words if len(word) > 2}  # noqa: PLR2004 - two letters mean nothing
    weights = _stem_weights(tables, stems)
    asked_paths = {part.lower() for part in _PATH.findall(wanted.question)}
    scores = np.zeros(len(tables.definitions), np.float32)
    path_hits = [
        sum(
            weights.get(_stem(word), 0) for word in {*map(str.lower, _IDENTIFIER.findall(row.path))}
        )
        + 8 * any(row.path.lower().endswith(path) for path in asked_paths)
        for row in tables.rows
    ]
    for number, item in enumerate(tables.definitions):
        own = {_stem(word) for word in subwords(item.name)}
        hit = sum(weights.get(stem, 0.0) for stem in own & stems) / (1 + 0.15 * len(own - stems))
        if item.name in named and len(item.name) > 2 and item.name.lower() not in _STOP:  # noqa: PLR2004
            hit += _NAMED * (1.5 if item.name != item.name.lower() else 1.0)
        if item.container:
            outer = {_stem(word) for word in subwords(item.container)}
            hit += 0.4 * sum(weights.get(stem, 0.0) for stem in outer & stems)
        if hit or item.doc:
            said = {_stem(word) for word in _IDENTIFIER.findall(item.doc[:300].lower())}
            hit += 0.35 * sum(weights.get(stem, 0.0) for stem in said & stems)
        scores[number] = hit
    file = tables.definition_file
    scores += 0.5 * np.array(path_hits, np.float32)[file] * (scores > 0)
    kind = np.array([1.2, 1.1, 1.0, 0.4, 0.6, 0.4], np.float32)[tables.definition_kind]
    test = np.where(tables.file_test[file], 0.35, 1.0)
    private = np.where(tables.definition_private, 0.8, 1.0)
    near = np.where(file == tables.file_of.get(wanted.path, -1), 1.3, 1.0)
    result: Floats = (
        scores * kind * test * private * near * 2 ** (0.08 * tables.file_rank[file])
    ).astype(np.float32)
    return result


def _stem(word: str) -> str:
    # Enough of a stem for "completions", "completion" and "complete" to meet.
    for ending in (
        "ations",
        "ation",
        "ings",
        "ing",
        "ions",
        "ion",
        "ers",
        "er",
        "ed",
        "es",
        "s",
        "e",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - what is left must tell something
            return word.removesuffix(ending)
    return word


def _stem_weights(tables: Tables, stems: set[str]) -> dict[str, float]:
    counts: dict[str, int] = defaultdict(int)
    for name in tables.names:
        for stem in {_stem(word) for word in subwords(name)} & stems:
            counts[stem] += 1
    total = len(tables.names) + 1
    return {stem: float(np.log(total / (1 + counts.get(stem, 0)))) for stem in stems}


def _texts(
    workspace: Workspace, tables: Tables, best: Sequence[int], scores: Floats, room: int
) -> tuple[m.Touched, ...]:
    spent = 0.0
    found: list[m.Touched] = []
    covered: list[m.Touched] = []
    for number in best:
        item = tables.definitions[number]
        path = tables.rows[int(tables.definition_file[number])].path
        if any(_covers(one, path, item) for one in covered):
            continue
        depth, text = _deepest(workspace, path, item, (room - spent) * _BODY_SHARE)
        cost = len(text.encode()) / 4
        if spent + cost > room:
            continue
        spent += cost
        found.append(m.Touched(path, item, depth, text, float(scores[number])))
        if depth == Depth.BODY:
            covered.append(found[-1])
    return tuple(found)


def _covers(one: m.Touched, path: str, item: Definition) -> bool:
    span = one.definition.span
    return one.path == path and span.start <= item.span.start and item.span.end <= span.end


def _deepest(workspace: Workspace, path: str, item: Definition, room: float) -> tuple[Depth, str]:
    content = workspace.content(path)
    begin = content.rfind(b"\n", 0, item.start) + 1
    text = indent(content[begin : item.end].decode("utf-8", "replace"), 0)
    if len(text.encode()) / 4 <= min(room, 1500):
        return Depth.BODY, text
    header = indent(item.header, 0)
    return (Depth.DOCUMENTED, f"{header}\n{item.doc}") if item.doc else (Depth.SIGNATURE, header)


def _callers(workspace: Workspace, tables: Tables, best: Sequence[int]) -> tuple[m.Caller, ...]:
    wanted = {
        tables.definitions[number].name: number
        for number in reversed(best[:6])
        if tables.definitions[number].kind in CALLABLE | TYPES
    }
    found: list[m.Caller] = []
    for name, number in wanted.items():
        pattern = re.compile(rf"(?<![\w$]){re.escape(name)}\s*(?:[(<\[{{.]|::)")
        owner = int(tables.definition_file[number])
        files = [
            file
            for file, row in enumerate(tables.rows)
            if file != owner and name in row.names and not tables.file_test[file]
        ][:_CALLER_FILES]
        for file in files:
            found += _lines_in(workspace, tables, file, pattern, name)
            if len(found) >= _MOST_CALLERS:
                return tuple(found[:_MOST_CALLERS])
    return tuple(found)


def _lines_in(
    workspace: Workspace, tables: Tables, file: int, pattern: re.Pattern[str], name: str
) -> list[m.Caller]:
    row = tables.rows[file]
    found = []
    text = workspace.content(row.path).decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n")):
        if pattern.search(line) and not line.lstrip().startswith(("#", "//", "*")):
            inside = ""
            for item in row.definitions:
                if (
                    item.span.start.line <= number <= item.span.end.line
                    and item.kind in CALLABLE | TYPES
                ):
                    inside = item.qualified
            found.append(m.Caller(row.path, number, line.strip()[:200], name, inside))
            if len(found) == 3:  # noqa: PLR2004 - three lines show how a file uses a thing
                break
    return found


def _modules(tables: Tables, files: Sequence[int]) -> tuple[m.Module, ...]:
    chosen = list(dict.fromkeys(files))[:_MOST_MODULES]
    if not chosen:
        ranks = np.where(tables.file_test, -1e9, tables.file_rank)
        chosen = np.argsort(-ranks, kind="stable")[:_MOST_MODULES].tolist()
    importers: dict[int, list[int]] = defaultdict(list)
    wanted = set(chosen)
    for file, targets in enumerate(tables.file_imports):
        for target in wanted.intersection(targets.tolist()):
            importers[target].append(file)
    return tuple(module_of(tables, file, importers[file]) for file in chosen)
