"""What each named feature says of a definition: one case a feature, one it holds of, one not."""

from typing import Any

import numpy as np
import pytest

from lsp_server.context.index.ranking.features import features
from lsp_server.context.index.ranking.labels import feature_names
from tests.context.index.ranking.places import number_of, place_in

IMPORTS = """
    //- shop/basket.py
    from shop.price import Price
    def fill(): $0
    //- shop/price.py
    from shop.money import Money
    class Price: ...
    //- shop/money.py
    class Money: ...
    //- shop/other.py
    class Other: ...
"""
NAMES = (
    """
    //- use.py
    def far(): return distant()
    """
    + "\n    # what lies between\n" * 120
    + """
    def fill(): return nearest() + $0
    //- a.py
    def nearest(): ...
    def distant(): ...
    def unnamed(): ...
"""
)
FOLDERS = """
    //- shop/cart/use.py
    def fill(): $0
    //- shop/cart/beside.py
    class Beside: ...
    //- other/away.py
    class Away: ...
"""
GO = """
    //- store/use.go
    package store
    func Fill() { $0 }
    //- store/own.go
    package store
    func Own() {}
    //- other/else.go
    package other
    func Else() {}
"""
TESTED = """
    //- tests/test_basket.py
    def test_fill(): $0
    //- shop/basket.py
    def fill(): ...
    //- shop/price.py
    def price(): ...
    //- tests/helper.py
    def helper(): ...
"""
PRODUCT = """
    //- shop/basket.py
    def fill(): $0
    //- shop/price.py
    def price(): ...
    //- tests/test_price.py
    def test_price(): ...
"""
SIMILAR = """
    //- use.py
    from base import shared_name
    def fill(): return shared_name + $0
    //- base.py
    shared_name = 1
    //- kit.py
    def common(): ...
    def rare(): ...
    //- twin.py
    from base import shared_name
    from kit import common
    def twin(): return shared_name + common()
    //- stranger.py
    def stranger(): ...
"""
MEMBERS = """
    //- use.py
    from store import Store, Kept
    class Mine(Kept):
        def fill(self, store: Store):
            return store.$0
    //- store.py
    class Item: ...
    class Base:
        def inherited(self): ...
    class Store(Base):
        def first(self) -> Item: ...
        _hidden = 1
    class Kept:
        def kept(self): ...
    class Away:
        def away(self): ...
    def loose(): ...
    LIMIT = 3
"""
MODULES = """
    //- use.py
    import tools
    import other
    def fill():
        other.something()
        return tools.$0
    //- tools.py
    def sharpen(): ...
    //- other.py
    def something(): ...
    //- third.py
    def third(): ...
"""
OTHERS = """
    //- use.py
    def fill(): $0
    //- seen.py
    class Seen: ...
    //- unseen.py
    class Unseen: ...
    //- importing.py
    import use
    class Importing: ...
"""
GUESSED = """
    //- use.py
    def fill(orm_session): return orm_session.$0
    //- orm.py
    class Session:
        def commit(self): ...
    class Engine:
        def connect(self): ...
"""

UNUSED = {
    "python module": """
        //- use.py
        import fresh, stale
        def fill(): return stale.old() + $0
        //- fresh.py
        def new(): ...
        //- stale.py
        def old(): ...
    """,
    "python name": """
        //- use.py
        from a import new, old
        def fill(): return old() + $0
        //- a.py
        def new(): ...
        def old(): ...
    """,
    "renamed name": """
        //- use.py
        from a import new as made, old as gone
        def fill(): return gone() + $0
        //- a.py
        def new(): ...
        def old(): ...
    """,
    "go": """
        //- use.go
        package main
        import ("x/fresh"; "x/stale")
        func fill() { stale.Old(); $0 }
        //- fresh/a.go
        package fresh
        func New() {}
        //- stale/a.go
        package stale
        func Old() {}
    """,
    "rust": """
        //- src/lib.rs
        mod fresh;
        mod stale;
        mod user;
        //- src/user.rs
        use crate::fresh;
        use crate::stale;
        fn fill() { stale::old(); $0 }
        //- src/fresh.rs
        pub fn new() {}
        //- src/stale.rs
        pub fn old() {}
    """,
    "typescript": """
        //- use.ts
        import * as fresh1 from "./fresh1"
        import * as stale from "./stale"
        function fill() { stale.old(); $0 }
        //- fresh1.ts
        export function fresh() {}
        //- stale.ts
        export function old() {}
    """,
}

CALLS = """
    //- use.go
    package main
    func (s *Store) fill() { one(); $0 }
    func other() { two() }
    //- caller.go
    package main
    type Store struct{}
    type Kept struct{}
    func caller() { fill() }
    func (s *Store) more() {}
    //- else.go
    package main
    func one() {}
    func two() {}
    func (k *Kept) less() {}
"""

CASES: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("imported", IMPORTS, "Price", "Other", {}),
    ("imported twice removed", IMPORTS, "Money", "Price", {}),
    ("stem in imports", IMPORTS, "Price", "Money", {}),
    ("named in imports", IMPORTS, "Price", "Money", {}),
    ("named by import", IMPORTS, "Price", "Money", {}),
    ("same folder", FOLDERS, "Beside", "Away", {}),
    ("same package", GO, "Own", "Else", {}),
    ("test of this", TESTED, "fill", "price", {}),
    ("test from test", TESTED, "helper", "price", {}),
    ("test from product", PRODUCT, "test_price", "price", {}),
    ("open", OTHERS, "Seen", "Unseen", {"opened": ["seen.py"]}),
    ("recently viewed", OTHERS, "Seen", "Unseen", {"recent": {"seen.py": 0.8}}),
    ("changed together", OTHERS, "Seen", "Unseen", {"companions": {"seen.py": 0.5}}),
    ("imports this", OTHERS, "Importing", "Unseen", {}),
    ("names this function", CALLS, "caller", "two", {}),
    ("named in this function", CALLS, "one", "two", {}),
    ("of this class", CALLS, "Store.more", "Kept.less", {}),
    ("similar", SIMILAR, "twin", "stranger", {}),
    ("mentioned", NAMES, "distant", "unnamed", {}),
    ("used by similar files", SIMILAR, "common", "rare", {}),
    ("used by a few similar files", SIMILAR, "common", "rare", {}),
    ("used by importers of its file", SIMILAR, "common", "rare", {}),
    ("used by a few importers of its file", SIMILAR, "common", "rare", {}),
    ("container mentioned", MEMBERS, "Store.first", "Away.away", {}),
    ("container near", MEMBERS, "Store.first", "Away.away", {}),
    ("base class", MEMBERS, "Kept.kept", "Away.away", {}),
    ("is type", MEMBERS, "Store", "loose", {}),
    ("is function", MEMBERS, "loose", "Store.first", {}),
    ("is method", MEMBERS, "Store.first", "loose", {}),
    ("is field", MEMBERS, "Store._hidden", "loose", {}),
    ("is constant", MEMBERS, "LIMIT", "loose", {}),
    ("private", MEMBERS, "Store._hidden", "loose", {}),
    ("top level", MEMBERS, "loose", "Store.first", {}),
    ("member of receiver", MEMBERS, "Base.inherited", "Away.away", {}),
    ("member of receiver here", MEMBERS, "Store.first", "Kept.kept", {}),
    ("member of guessed type", GUESSED, "Session.commit", "Engine.connect", {}),
    ("of module near", MODULES, "something", "third", {}),
    ("of module here", MODULES, "sharpen", "something", {}),
    ("of unused import", UNUSED["python module"], "new", "old", {}),
    ("of unused import", UNUSED["python name"], "new", "old", {}),
    ("of unused import", UNUSED["renamed name"], "new", "old", {}),
    ("of unused import", UNUSED["go"], "New", "Old", {}),
    ("of unused import", UNUSED["rust"], "new", "old", {}),
    ("of unused import", UNUSED["typescript"], "fresh", "old", {}),
]


NAMES_OF_CASES = [f"{case[0]} {number}" for number, case in enumerate(CASES)]


def feature(label: str, files: str, known: dict[str, Any], *names: str) -> list[float]:
    """Return one feature of some definitions at the place in `files`."""
    view, tables = place_in(files, **known)
    numbers = np.array([number_of(tables, name) for name in names], np.int32)
    column: list[float] = features(view, tables, numbers)[:, feature_names().index(label)].tolist()
    return column


@pytest.mark.parametrize(
    ("label", "files", "having", "lacking", "known"),
    CASES,
    ids=[f"{case[0]} {number}" for number, case in enumerate(CASES)],
)
def test_a_feature_tells(
    label: str, files: str, having: str, lacking: str, known: dict[str, Any]
) -> None:
    found, missing = feature(label, files, known, having, lacking)
    assert found > 0
    assert missing == 0


@pytest.mark.parametrize(
    ("label", "files", "more", "less"),
    [
        ("named near", NAMES, "nearest", "distant"),
        ("named here", NAMES, "nearest", "distant"),
        ("near path", FOLDERS, "Beside", "Away"),
        ("rank", IMPORTS, "Money", "Other"),
        ("files that mention", SIMILAR, "common", "rare"),
    ],
)
def test_a_feature_says_more_of_one_than_of_another(
    label: str, files: str, more: str, less: str
) -> None:
    one, other = feature(label, files, {}, more, less)
    assert one > other


def test_a_member_that_is_written_is_known_for_all() -> None:
    assert feature("member is written", MEMBERS, {}, "Store.first", "loose") == [1, 1]
    assert feature("member is written", NAMES, {}, "nearest", "unnamed") == [0, 0]


def test_words_of_a_name_near_the_cursor_count() -> None:
    files = """
        //- use.py
        def fill(basket_total): $0
        //- a.py
        def total_of_basket(): ...
        def unlike(): ...
    """
    found, missing = feature("words near", files, {}, "total_of_basket", "unlike")
    assert found > 0 == missing


def test_a_type_in_the_header_of_what_is_named_near_counts() -> None:
    files = """
        //- use.py
        def fill(): return make_basket() + $0
        //- a.py
        class Basket:
            def total(self): ...
        class Away:
            def away(self): ...
        def make_basket() -> Basket: ...
    """
    found, missing = feature("container typed near", files, {}, "Basket.total", "Away.away")
    assert found > 0 == missing


def test_a_container_that_similar_files_use_counts() -> None:
    files = SIMILAR.replace("def common(): ...", "class common:\n        def member(self): ...")
    files = files.replace("def rare(): ...", "class rare:\n        def other(self): ...")
    names = ("common.member", "rare.other")
    found, missing = feature("container used by similar files", files, {}, *names)
    assert found > 0 == missing


def test_a_name_of_many_definers_counts_less() -> None:
    files = """
        //- use.py
        def fill(): $0
        //- a.py
        def unlike(): ...
        class A:
            def run(self): ...
        //- b.py
        class B:
            def run(self): ...
    """
    several, one = feature("definers", files, {}, "A.run", "unlike")
    assert several > one
