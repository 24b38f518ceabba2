"""Numbers for the names of a workspace, given once, so that files are laid out one by one."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]

_NAMES_A_STEP = 300
_SUBWORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")


def subwords(name: str) -> frozenset[str]:
    """Return the words of a name in camel or snake case, in lower case, two letters and more."""
    return frozenset(part.lower() for part in _SUBWORD.findall(name))


class _Numbering(dict[str, int]):
    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


class Vocabulary:
    """Every name that was ever read. It only grows: a number that was given stays with its name."""

    def __init__(self) -> None:
        self._numbers = _Numbering()
        self._texts: list[str] = []
        self._learnt: set[int] = set()
        self._unlearnt: deque[tuple[int, str]] = deque()
        self._words: dict[str, list[int]] = {}
        self._arrays: dict[str, Ints] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers_of(self, names: Iterable[str]) -> Ints:
        """Return the number of each name."""
        return np.fromiter(map(self._numbers.__getitem__, names), np.int32)

    def texts_of(self, numbers: Ints) -> list[str]:
        """Return the names of numbers."""
        if len(self._texts) < len(self._numbers):
            self._texts = list(self._numbers)
        return [self._texts[number] for number in numbers.tolist()]

    def note_words(self, numbers: Ints, names: Iterable[str]) -> None:
        """Know the words of these names from the next `learn_words` on."""
        for number, name in zip(numbers.tolist(), names, strict=True):
            if number not in self._learnt:
                self._learnt.add(number)
                self._unlearnt.append((number, name))

    def learn_words(self) -> Iterator[None]:
        """Take the noted names apart, in steps of a millisecond."""
        while self._unlearnt:
            for _ in range(min(_NAMES_A_STEP, len(self._unlearnt))):
                number, name = self._unlearnt.popleft()
                for word in subwords(name):
                    self._words.setdefault(word, []).append(number)
            yield

    def with_word(self, word: str) -> Ints:
        """Return the numbers of the names that hold a word, in the order in which they came."""
        for _ in self.learn_words():
            pass
        numbers = self._words.get(word, [])
        known = self._arrays.get(word)
        if known is None or len(known) != len(numbers):
            known = self._arrays[word] = np.array(numbers, np.int32)
        return known

    def words(self) -> Iterator[str]:
        """Yield every word of the names."""
        for _ in self.learn_words():
            pass
        return iter(self._words)


class NamesByWord(Mapping[str, Ints]):
    """The numbers that names have in the tables, by the words in them."""

    def __init__(self, vocabulary: Vocabulary, dense: Ints) -> None:
        self._vocabulary = vocabulary
        self._dense = dense
        self._found: dict[str, Ints] = {}

    def __getitem__(self, word: str) -> Ints:
        if word not in self._found:
            self._found[word] = self._find(word)
        return self._found[word]

    def _find(self, word: str) -> Ints:
        known = self._vocabulary.with_word(word)
        numbers = self._dense[known[known < len(self._dense)]]
        numbers = numbers[numbers >= 0]
        if not len(numbers):
            raise KeyError(word)
        return numbers

    def __iter__(self) -> Iterator[str]:
        return (word for word in self._vocabulary.words() if self.get(word) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
