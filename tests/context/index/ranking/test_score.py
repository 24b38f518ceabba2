"""The worth of definitions against the plain formula that it stands for."""

import numpy as np
import pytest

from lsp_server.context.index.ranking.by_file import candidates
from lsp_server.context.index.ranking.features import features, in_play, parts_at
from lsp_server.context.index.ranking.labels import CROSSES, PLAIN_FEATURES
from lsp_server.context.index.ranking.score import model, worth
from tests.context.index.ranking.places import number_of, place_in
from tests.context.index.ranking.test_features import GO, IMPORTS, MEMBERS, MODULES, SIMILAR, TESTED


@pytest.mark.parametrize("files", [GO, IMPORTS, MEMBERS, MODULES, SIMILAR, TESTED])
def test_worth_is_the_logistic_of_all_features_and_their_products(files: str) -> None:
    view, tables = place_in(files)
    fits = candidates(view, tables)
    playing = np.flatnonzero(in_play(parts_at(view, tables), tables) & fits).astype(np.int32)
    weights = np.concatenate([model().single, _pair_weights()])
    expected = 1 / (1 + np.exp(-(features(view, tables, playing) @ weights + model().bias)))
    found = worth(view, tables)
    assert np.allclose(found[playing], expected, rtol=1e-4)
    assert not found[~fits].any()


def _pair_weights() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    by_pair = {(left, right): weight for left, rights in model().pairs for right, weight in rights}
    numbers = [(PLAIN_FEATURES.index(left), PLAIN_FEATURES.index(right)) for left, right in CROSSES]
    return np.array([by_pair.get(pair, 0.0) for pair in numbers])


def test_what_nothing_points_to_is_worth_its_general_use_at_most() -> None:
    view, tables = place_in("""
        //- use.py
        def fill(): $0
        //- elsewhere/far.py
        def common(): ...
        //- elsewhere/other.py
        def third(): return common()
    """)
    found = worth(view, tables)
    assert 0 < found[number_of(tables, "common")] < 1e-3


def test_definitions_of_another_language_are_worth_nothing() -> None:
    view, tables = place_in("""
        //- use.py
        def fill(): return shared_name + $0
        //- a.go
        package a
        func shared_name() {}
    """)
    assert not worth(view, tables).any()
