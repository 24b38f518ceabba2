"""What a question touches: the definitions it names or means, who uses them, and their modules."""

import re
from collections.abc import Generator, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.common.languages import language_of_path
from lsp_server.context.index import messages as m
from lsp_server.context.index.answering.callers import callers
from lsp_server.context.index.answering.offered import Offered
from lsp_server.context.index.answering.question_words import (
    IDENTIFIER,
    QuestionWords,
    reward_coverage,
    stem,
)
from lsp_server.context.index.answering.render import indent
from lsp_server.context.index.answering.survey import module_of
from lsp_server.context.index.ranking.tables import Floats, Tables, subwords
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES, Definition
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.workspace import Workspace

_PATH = re.compile(r"[\w\-./]+\.\w+")
_NAMED = 6.0
_MOST_DEFINITIONS = 24
_MOST_MODULES = 12
_BODY_SHARE = 0.6
_PAUSE_EVERY = 500
_HOLDERS = CALLABLE | TYPES
_ASKED_HERE = "where the question was asked"
_NAMED_THERE = "named or described by the question"


def evidence(workspace: Workspace, wanted: m.EvidenceWanted) -> Generator[None, None, m.Gathered]:
    """Return what the question touches, its texts within `room` tokens.

    What stands around the place that it was asked at comes first.
    It pauses every few milliseconds: others are answered meanwhile.
    """
    tables = workspace.fresh_tables()
    if not len(tables.definitions):
        return m.Gathered((), (), ())
    words = QuestionWords(tables, wanted.question)
    scores = yield from _scores(tables, wanted, words)
    yield
    reward_coverage(scores, workspace, tables, words)
    order = np.argsort(-scores, kind="stable")[:_MOST_DEFINITIONS]
    here = _around(tables, wanted)
    named = [number for number in order.tolist() if scores[number] > 0.3 * scores[order[0]] > 0]
    why = dict.fromkeys([*here, *named], _NAMED_THERE) | dict.fromkeys(here, _ASKED_HERE)
    best = list(why)
    if not best:
        return m.Gathered(_modules(workspace, tables, []), (), ())
    definitions = _texts(workspace, tables, why, wanted.room)
    files = [int(tables.definition_file[number]) for number in best]
    yield
    users = yield from callers(workspace, tables, best)
    return m.Gathered(_modules(workspace, tables, files), definitions, users)


def _scores(
    tables: Tables, wanted: m.EvidenceWanted, words: QuestionWords
) -> Generator[None, None, Floats]:
    asked_paths = {part.lower() for part in _PATH.findall(wanted.question)}
    scores = np.zeros(len(tables.definitions), np.float32)
    path_hits = []
    for number, row in enumerate(tables.rows):
        if number % _PAUSE_EVERY == 0:
            yield
        is_asked = any(row.path.lower().endswith(path) for path in asked_paths)
        hit = words.weight_of(map(str.lower, IDENTIFIER.findall(row.path)))
        path_hits.append(hit + 8 * is_asked)
    for number, item in enumerate(tables.definitions):
        if number % _PAUSE_EVERY == 0:
            yield
        scores[number] = _hit(item, words)
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


def _hit(item: Definition, words: QuestionWords) -> float:
    own = {stem(word) for word in subwords(item.name)}
    hit = words.weight_of_stems(own) / (1 + 0.15 * len(own - words.stems))
    if words.names(item.name):
        hit += _NAMED * (1.5 if item.name != item.name.lower() else 1.0)
    if item.container:
        hit += 0.4 * words.weight_of(subwords(item.container))
    if hit or item.doc:
        hit += 0.35 * words.weight_of(IDENTIFIER.findall(item.doc[:300].lower()))
    return hit


def _around(tables: Tables, wanted: m.EvidenceWanted) -> list[int]:
    """Return the number of the innermost function or type around the cursor, if there is one."""
    file = tables.file_of.get(wanted.path)
    if file is None or not wanted.text:
        return []
    line = wanted.text.count("\n", 0, wanted.cursor)
    numbers: list[int] = tables.numbers_of_file(file).tolist()
    spans = [tables.definitions[number].span for number in numbers]
    around = [
        (span.end.line - span.start.line, number)
        for number, span in zip(numbers, spans, strict=True)
        if span.start.line <= line <= span.end.line and tables.definitions[number].kind in _HOLDERS
    ]
    return [min(around)[1]] if around else []


def _texts(
    workspace: Workspace, tables: Tables, best: Mapping[int, str], room: int
) -> tuple[m.Touched, ...]:
    """Return the definitions of `best` at a depth that fits; it says why each is there."""
    spent = 0.0
    found: list[m.Touched] = []
    covered: list[m.Touched] = []
    for number, why in best.items():
        item = tables.definitions[number]
        row = tables.rows[int(tables.definition_file[number])]
        if any(_covers(one, row.path, item) for one in covered):
            continue
        depth, text = _deepest(workspace, row, item, (room - spent) * _BODY_SHARE)
        cost = len(text.encode()) / 4
        if spent + cost > room:
            continue
        spent += cost
        found.append(m.Touched(row.path, item, depth, text, why))
        if depth == Depth.BODY:
            covered.append(found[-1])
    return tuple(found)


def _covers(one: m.Touched, path: str, item: Definition) -> bool:
    span = one.definition.span
    return one.path == path and span.start <= item.span.start and item.span.end <= span.end


def _deepest(
    workspace: Workspace, row: FileRow, item: Definition, room: float
) -> tuple[Depth, str]:
    content = workspace.content(row)
    begin = content.rfind(b"\n", 0, item.start) + 1
    text = indent(content[begin : item.end].decode("utf-8", "replace"), 0)
    if content and len(text.encode()) / 4 <= min(room, 1500):
        return Depth.BODY, text
    header = indent(item.header, 0)
    if not item.doc:
        return Depth.SIGNATURE, header
    mark = language_of_path(PurePosixPath(row.path)).line_comment or "#"
    doc = [f" {mark} {line}".rstrip() for line in item.doc.split("\n")]
    return Depth.DOCUMENTED, "\n".join([header, *doc])


def _modules(workspace: Workspace, tables: Tables, files: Sequence[int]) -> tuple[m.Module, ...]:
    chosen = list(dict.fromkeys(files))[:_MOST_MODULES]
    if not chosen:
        ranks = np.where(tables.file_test, -1e9, tables.file_rank)
        chosen = np.argsort(-ranks, kind="stable")[:_MOST_MODULES].tolist()
    offered = Offered(tables, workspace.content)
    return tuple(module_of(tables, file, offered) for file in chosen)
