"""The words of a question, how telling each is, and how many of them a definition speaks of."""

import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from lsp_server.context.index.ranking.tables import Floats, Tables, subwords
from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.workspace import Workspace

IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_STOP = frozenset(
    """
    the and for are was what where which who why how does when with from that this into about have
    has can could should would will all any each use used uses using work works do is in of to on
    it an as at by be or not code file files function class method module explain tell show find
    me please there between they them its get set make we if so no up my us go am
    """.split()
)
_ENDINGS = "ations ation ings ing ions ion ers er ed es s e".split()
_SHORT = 2
_CANDIDATES = 300
_BODY_BYTES = 20_000


class QuestionWords:
    """The stems of a question's words with their weights: rare in the workspace is telling."""

    def __init__(self, tables: Tables, question: str) -> None:
        self._named = set(IDENTIFIER.findall(question))
        words = {word for name in self._named for word in [*subwords(name), name.lower()]} - _STOP
        self.stems = {stem(word) for word in words if len(word) > _SHORT}
        self._weights = _weights(tables, self.stems)
        self.total = sum(self._weights.values())

    def names(self, name: str) -> bool:
        """Whether the question uses exactly this name, and it is more than an everyday word."""
        return name in self._named and len(name) >= _SHORT and name.lower() not in _STOP

    def weight_of(self, words: Iterable[str]) -> float:
        """Return the weight of the question's stems that occur in `words`, lower case."""
        return self.weight_of_stems({stem(word) for word in words})

    def weight_of_stems(self, stems: set[str]) -> float:
        """Return the weight of the question's stems among `stems`."""
        return sum(self._weights[found] for found in stems & self.stems)


def stem(word: str) -> str:
    """Return enough of `word` for "completions", "completion" and "complete" to meet."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > _SHORT:
            return word.removesuffix(ending)
    return word


def reward_coverage(
    scores: Floats, workspace: Workspace, tables: Tables, words: QuestionWords
) -> None:
    """Raise, in place, the best scores by the share of the question that a definition speaks of.

    A question about several things ("from the client to the transport") is answered where they
    meet; names alone would bring whatever is called after one of them.
    """
    if words.total <= 0:
        return
    for number in np.argsort(-scores, kind="stable")[:_CANDIDATES].tolist():
        if scores[number] <= 0:
            return
        item = tables.definitions[number]
        row = tables.rows[int(tables.definition_file[number])]
        spoken = words.weight_of(_words_of(workspace, row, item))
        scores[number] *= 0.5 + (spoken / words.total) ** 2 * 1.5


def _words_of(workspace: Workspace, row: FileRow, item: Definition) -> set[str]:
    source = workspace.content(row)[item.start : min(item.end, item.start + _BODY_BYTES)]
    names = set(IDENTIFIER.findall(source.decode("utf-8", "replace")))
    return {word for name in names | {item.container} for word in [*subwords(name), name.lower()]}


def _weights(tables: Tables, stems: set[str]) -> dict[str, float]:
    counts: dict[str, int] = defaultdict(int)
    for name in tables.names:
        for found in {stem(word) for word in subwords(name)} & stems:
            counts[found] += 1
    total = len(tables.names) + 1
    return {found: float(np.log(total / (1 + counts.get(found, 0)))) for found in stems}
