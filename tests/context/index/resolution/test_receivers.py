"""What a receiver's members are, and what imports bring: one case for each way to say it."""

from pathlib import Path

import pytest

from lsp_server.common.languages import language_of_path
from lsp_server.context.index.ranking.building import build_tables
from lsp_server.context.index.ranking.meanings import Meanings, meanings_at
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.reading.rows import FileRow, read_row
from lsp_server.context.index.resolution.manifests import Manifests, Package
from tests.fixture import parse_fixture

MANIFESTS = Manifests((Package("go", ("x",), ("",)),))
PYTHON = """
    //- shop/__init__.py
    from .api import Basket as Basket
    from .api import *
    //- shop/api.py
    from .basket import Basket, make_basket
    //- shop/basket.py
    class Store:
        def load(self): ...
    class Item:
        def price(self): ...
    class Basket(Store):
        first: Item
        def total(self): ...
        def best(self) -> Item: ...
    def make_basket() -> Basket: ...
    //- unrelated.py
    class Other:
        def total(self): ...
    //- use.py
    from shop import Basket, make_basket
"""
SCRIPT = """
    //- src/index.ts
    export * from "./client";
    //- src/client.ts
    export class Base { close(): void {} }
    export class Client extends Base { fetch(): Reply { return new Reply() } }
    export class Reply { text(): string { return "" } }
    //- src/use.ts
    import { Client } from "./index";
"""
GO = """
    //- store/log.go
    package store
    type Log struct{}
    func (l *Log) Append(line string) error { return nil }
    //- store/store.go
    package store
    type Store struct {
        Log
        index *Index
    }
    type Index struct{}
    func (i Index) Find() {}
    func Open() (*Store, error) { return nil, nil }
    func (s *Store) Get() {}
    //- store/use.go
    package store
"""
RUST = """
    //- src/lib.rs
    mod parse;
    mod run;
    //- src/parse.rs
    pub struct Parser {}
    impl Parser {
        pub fn new() -> Self { Parser {} }
        pub fn next(&mut self) -> Option<Token> { None }
    }
    pub struct Token {}
    impl Token { pub fn text(&self) -> &str { "" } }
    //- src/run.rs
    use crate::parse::Parser;
"""
JAVA = """
    //- app/Base.java
    package app;
    class Base { void stop() {} }
    //- app/Engine.java
    package app;
    class Engine extends Base { Wheel wheel; void start() {} }
    //- app/Wheel.java
    package app;
    class Wheel { void turn() {} }
    //- app/Use.java
    package app;
"""


CSHARP = """
    //- Base.cs
    class Base { public void Stop() {} }
    //- Use.cs
    class Use : Base { void M() { base.$0 } }
"""
PHP = """
    //- src/Base.php
    <?php
    class Base { public function stop() {} }
    //- src/Basket.php
    <?php
    namespace Shop;
    class Basket { public function total() {} }
    //- src/use.php
    <?php
    use Shop\\Basket;
"""
RUBY = """
    //- basket.rb
    class Basket
      def total
      end
    end
    //- use.rb
    require_relative "basket"
"""
ARROWS = """
    //- src/lib.ts
    export class Basket { total(): number { return 1 } }
    export const typed = async (name: string): Promise<Basket> => {
        return load(name);
    };
    export const plain = (a: () => void) => new Basket();
    export const one = name => new Basket();
    export const old = function (name): Basket { return load(name) };
    export class Shop {
        open = (): Basket => this.basket;
    }
    //- src/use.ts
    import { typed, plain, one, old, Shop } from "./lib";
"""


def _quoted(lines: int) -> str:
    return '"""' + "A line of text.\n" * lines + '"""'


CASES = {
    "super() in Python": (
        PYTHON,
        "use.py",
        "class A(Basket):\n    def f(self):\n        super().$0",
        "total",
    ),
    "super in a script": (
        SCRIPT,
        "src/use.ts",
        "class A extends Client {\n    close() { super.$0 }\n}",
        "fetch",
    ),
    "super in Java": (
        JAVA,
        "app/Use.java",
        "class Use extends Base {\n    void stop() { super.$0 }\n}",
        "stop",
    ),
    "base in C#": (
        CSHARP.replace("$0", "Stop();"),
        "Use.cs",
        "class B : Base { void M() { base.$0 } }",
        "Stop",
    ),
    "parent in PHP": (
        PHP,
        "src/use.php",
        "class A extends Basket {\n    function f() { parent::$0 }\n}",
        "total",
    ),
    "variable in PHP": (PHP, "src/use.php", "$x = new Basket();\n$x->$0", "total"),
    "whole name in PHP": (PHP, "src/use.php", "$x = new \\Shop\\Basket();\n$x->$0", "total"),
    "parameter in PHP": (PHP, "src/use.php", "function f(?Basket $x) { $x->$0 }", "total"),
    "field in PHP": (
        PHP,
        "src/use.php",
        (
            "class A {\n    function __construct(private Basket $b) {}\n"
            "    function f() { $this->b->$0 }\n}"
        ),
        "total",
    ),
    "assigned field in PHP": (
        PHP,
        "src/use.php",
        (
            "class A {\n    function g() { $this->b = new Basket(); }\n"
            "    function f() { $this->b->$0 }\n}"
        ),
        "total",
    ),
    "new without brackets in Ruby": (RUBY, "use.rb", "x = Basket.new\nx.t$0", "total"),
    "field in Ruby": (
        RUBY,
        "use.rb",
        "class A\n  def g\n    @b = Basket.new\n  end\n  def f\n    @b.t$0\n  end\nend",
        "total",
    ),
    "arrow with a type": (ARROWS, "src/use.ts", "const x = await typed(1);\nx.$0", "total"),
    "arrow that makes": (ARROWS, "src/use.ts", "const x = plain(1);\nx.$0", "total"),
    "arrow of one name": (ARROWS, "src/use.ts", "one(1).$0", "total"),
    "function in a constant": (ARROWS, "src/use.ts", "old(1).$0", "total"),
    "arrow in a class": (ARROWS, "src/use.ts", "function f(s: Shop) { s.open().$0 }", "total"),
    "annotated parameter": (PYTHON, "use.py", "def f(x: Basket):\n    x.$0", "total"),
    "constructor call": (PYTHON, "use.py", "def f():\n    x = Basket()\n    x.$0", "total"),
    "base class": (PYTHON, "use.py", "def f(x: Basket):\n    x.$0", "load"),
    "function's result": (PYTHON, "use.py", "def f():\n    x = make_basket()\n    x.$0", "total"),
    "method's result": (PYTHON, "use.py", "def f(x: Basket):\n    x.best().$0", "price"),
    "field of a field": (PYTHON, "use.py", "def f(x: Basket):\n    x.first.$0", "price"),
    "field of the class around": (
        PYTHON,
        "use.py",
        "class A:\n    def __init__(self):\n        self.b = Basket()\n    def f(self): self.b.$0",
        "total",
    ),
    "own class's base": (
        PYTHON,
        "use.py",
        "class A(Basket):\n    def f(self):\n        self.$0",
        "total",
    ),
    "renamed import": (
        PYTHON.replace("from shop import Basket", "from shop import Basket as Bag"),
        "use.py",
        "def f(x: Bag):\n    x.$0",
        "total",
    ),
    "renamed import's constructor": (
        PYTHON.replace("from shop import Basket", "from shop import Basket  as  Bag"),
        "use.py",
        "def f():\n    x = Bag()\n    x.$0",
        "total",
    ),
    "renamed module": (
        PYTHON.replace("from shop import Basket, make_basket", "import shop.basket as sb"),
        "use.py",
        "def f(x: sb.Basket):\n    x.$0",
        "total",
    ),
    "element of a list": (
        PYTHON,
        "use.py",
        "def f(xs: list[Basket]):\n    for x in xs:\n        x.$0",
        "total",
    ),
    "optional": (PYTHON, "use.py", "def f(x: Optional[Basket] = None):\n    x.$0", "total"),
    "checked type": (
        PYTHON,
        "use.py",
        "def f(x):\n    if isinstance(x, Basket):\n        x.$0",
        "total",
    ),
    "cast": (PYTHON, "use.py", "def f(y):\n    x = cast('Basket', y)\n    x.$0", "total"),
    "bound again": (
        PYTHON,
        "use.py",
        "def f(x: Item):\n    x = make_basket()\n    x.$0",
        "total",
    ),
    "below a long text in quotes": (
        PYTHON,
        "use.py",
        f"def g():\n    {_quoted(700)}\ndef f(x: Basket):\n    x.$0",
        "total",
    ),
    "in a class too long to be read": (
        PYTHON,
        "use.py",
        "class A:\n"
        + "".join(f"    def g{number}(self):\n        {_quoted(400)}\n" for number in range(15))
        + "    def f(self, x: Basket):\n        x.$0",
        "total",
    ),
    "typescript checked type": (
        SCRIPT,
        "src/use.ts",
        "function f(x: unknown) { if (x instanceof Client) { x.$0 } }",
        "fetch",
    ),
    "typescript cast": (SCRIPT, "src/use.ts", "const x = make() as Client;\nx.$0", "fetch"),
    "go asserted type": (
        GO,
        "store/use.go",
        "func f(y any) {\n\tx, ok := y.(*Store)\n\tx.$0\n}",
        "Get",
    ),
    "java cast": (
        JAVA,
        "app/Use.java",
        "class Use { void f(Object o) { var e = (Engine) o; e.$0 } }",
        "start",
    ),
    "typescript renamed import": (
        SCRIPT.replace("{ Client }", "{ Client as Http }"),
        "src/use.ts",
        "const x = new Http();\nx.$0",
        "fetch",
    ),
    "typescript awaited": (
        SCRIPT,
        "src/use.ts",
        "async function f(p: Promise<Client>) { const x = await p; x.$0 }",
        "fetch",
    ),
    "typescript element": (
        SCRIPT,
        "src/use.ts",
        "function f(xs: Array<Client>) { for (const x of xs) { x.$0 } }",
        "fetch",
    ),
    "typescript parameter": (SCRIPT, "src/use.ts", "function f(x: Client) { x.$0 }", "fetch"),
    "typescript new": (SCRIPT, "src/use.ts", "const x = new Client();\nx.$0", "fetch"),
    "typescript base": (SCRIPT, "src/use.ts", "const x = new Client();\nx.$0", "close"),
    "typescript chain": (SCRIPT, "src/use.ts", "function f(x: Client) { x.fetch().$0 }", "text"),
    "go receiver": (GO, "store/use.go", "func (s *Store) Use() {\n\ts.$0\n}", "Get"),
    "go embedded": (GO, "store/use.go", "func (s *Store) Use() {\n\ts.$0\n}", "Append"),
    "go literal": (GO, "store/use.go", "func f() {\n\tx := &Store{}\n\tx.$0\n}", "Get"),
    "go result": (GO, "store/use.go", "func f() {\n\tx, _ := Open()\n\tx.$0\n}", "Get"),
    "go field": (GO, "store/use.go", "func f(x Store) {\n\tx.index.$0\n}", "Find"),
    "go renamed import": (
        GO.replace("store/use.go\n    package store", "app/use.go\n    package app"),
        "app/use.go",
        'import st "x/store"\nfunc f() {\n\tx, _ := st.Open()\n\tx.$0\n}',
        "Get",
    ),
    "go element": (
        GO,
        "store/use.go",
        "func f(xs []*Store) {\n\tfor _, x := range xs {\n\t\tx.$0\n\t}\n}",
        "Get",
    ),
    "rust renamed import": (
        RUST.replace("use crate::parse::Parser;", "use crate::parse::Parser as P;"),
        "src/run.rs",
        "fn f() {\n    let p = P::new();\n    p.$0\n}",
        "next",
    ),
    "rust element": (
        RUST,
        "src/run.rs",
        "fn f(ps: Vec<Parser>) {\n    for p in ps.iter() {\n        p.$0\n    }\n}",
        "next",
    ),
    "rust new": (RUST, "src/run.rs", "fn f() {\n    let p = Parser::new();\n    p.$0\n}", "next"),
    "rust annotated": (RUST, "src/run.rs", "fn f(p: &mut Parser) {\n    p.$0\n}", "next"),
    "rust try": (RUST, "src/run.rs", "fn f(p: Parser) {\n    p.next()?.$0\n}", "text"),
    "java local": (
        JAVA,
        "app/Use.java",
        "class Use { void f() { Engine e = make(); e.$0 } }",
        "start",
    ),
    "java var": (
        JAVA,
        "app/Use.java",
        "class Use { void f() { var e = new Engine(); e.$0 } }",
        "start",
    ),
    "java base": (JAVA, "app/Use.java", "class Use { void f(Engine e) { e.$0 } }", "stop"),
    "java element": (
        JAVA,
        "app/Use.java",
        "class Use { void f(List<Engine> es) { for (var e : es) { e.$0 } } }",
        "start",
    ),
    "java field": (JAVA, "app/Use.java", "class Use { void f(Engine e) { e.wheel.$0 } }", "turn"),
}


def meant(files: str, path: str, code: str) -> tuple[Meanings, Tables]:
    fixture = parse_fixture(files)
    texts = {str(name): text for name, text in fixture.files.items()}
    text = texts[path] + "\n" + code
    cursor = text.index("$0")
    texts[path] = text.replace("$0", "")
    rows = [row(name, content) for name, content in texts.items()]
    tables = build_tables(rows, MANIFESTS)
    own = next(one for one in rows if one.path == path)
    return meanings_at(View(own, texts[path], cursor), tables), tables


def row(path: str, text: str) -> FileRow:
    return read_row(path, language_of_path(Path(path)).name, text.encode())


@pytest.mark.parametrize("case", CASES)
def test_members_of_the_receiver_before_the_cursor_are_known(case: str) -> None:
    files, path, code, member = CASES[case]
    meanings, tables = meant(files, path, code)
    names = {tables.definitions[number].name for number in meanings.here}
    assert member in names


def test_a_go_type_made_of_others_has_none_of_their_members() -> None:
    files = """
        //- gin/types.go
        package gin
        type Context struct{}
        func (c *Context) Next() {}
        type Handler func(*Context)
        type Chain []Handler
        func (c Chain) Last() Handler { return nil }
        type Routes map[string]Context
        type Pair[K any] [2]Context
        //- gin/use.go
        package gin
    """

    def members(type_name: str) -> set[str]:
        code = f"func f(x {type_name}) {{\n\tx.$0\n}}"
        meanings, tables = meant(files, "gin/use.go", code)
        return {tables.definitions[number].name for number in meanings.here}

    assert members("Chain") == {"Last"}
    assert [members(name) for name in ("Handler", "Routes", "Pair")] == [set()] * 3


OFFERS = {
    "python module": (PYTHON, "use.py", "from shop import basket\nbasket.$0", "make_basket"),
    "python module of another name": (PYTHON, "use.py", "import shop.basket as b\nb.$0", "Item"),
    "python package": (PYTHON, "use.py", "import shop\nshop.$0", "make_basket"),
    "typescript namespace": (
        SCRIPT,
        "src/use.ts",
        'import * as api from "./index";\napi.$0',
        "Client",
    ),
    "go package": (
        GO.replace("store/use.go\n    package store", "app/use.go\n    package app"),
        "app/use.go",
        'import "x/store"\nfunc f() { store.$0 }',
        "Open",
    ),
    "rust module": (RUST, "src/run.rs", "use crate::parse;\nfn f() { parse::$0 }", "Parser"),
    "rust path": (RUST, "src/run.rs", "fn f() { crate::parse::$0 }", "Token"),
}


@pytest.mark.parametrize("case", OFFERS)
def test_what_a_module_offers_is_known_before_and_around_the_cursor(case: str) -> None:
    files, path, code, name = OFFERS[case]
    meanings, tables = meant(files, path, code)
    assert name in {tables.definitions[number].name for number in meanings.offers.here}
    if "crate" not in code:
        meanings, tables = meant(files, path, code.replace("$0", "x; $0"))
        assert name in {tables.definitions[number].name for number in meanings.offers.near}
        assert not meanings.offers.here


def test_a_variable_of_unknown_type_may_be_what_it_is_named_after() -> None:
    meanings, tables = meant(PYTHON, "use.py", "def f(own_basket):\n    own_basket.$0")
    assert not meanings.here
    assert "total" in {tables.definitions[number].name for number in meanings.guessed}


def test_a_class_of_the_same_members_elsewhere_is_not_meant() -> None:
    meanings, tables = meant(PYTHON, "use.py", "def f(x: Basket):\n    x.$0")
    files = {tables.rows[int(tables.definition_file[number])].path for number in meanings.here}
    assert files == {"shop/basket.py"}


def test_names_are_followed_through_files_that_pass_them_on() -> None:
    meanings, tables = meant(PYTHON, "use.py", "$0")
    assert {tables.definitions[number].name for number in meanings.named} == {
        "Basket",
        "make_basket",
    }
    files = {tables.rows[file].path for file in meanings.brought.files}
    assert "shop/basket.py" in files
    assert "unrelated.py" not in files


def test_a_barrel_with_a_star_is_followed() -> None:
    meanings, tables = meant(SCRIPT, "src/use.ts", "$0")
    assert {tables.definitions[number].name for number in meanings.named} == {"Client"}


BARRELS = {
    "renamed": ("export { Client as Why } from './lib';", "{ Why }"),
    "of two letters": ("export { Client as Ok } from './lib';", "{ Ok }"),
    "imported, then exported": ("import { Client } from './lib'; export { Client };", "{ Client }"),
    "default under a name": ("export { default as Way } from './main';", "{ Way }"),
    "default passed on": ("export { default } from './main';", "Other"),
    "imported default": ("import Main from './main'; export { Main };", "{ Main }"),
}


@pytest.mark.parametrize("case", BARRELS)
def test_what_a_barrel_gives_another_name_is_followed(case: str) -> None:
    barrel, imported = BARRELS[case]
    files = f"""
    //- src/lib.ts
    export class Client {{ fetch(): void {{}} }}
    //- src/main.ts
    export class Helper {{ fetch(): void {{}} }}
    export default class Main {{ fetch(): void {{}} }}
    //- src/index.ts
    {barrel}
    //- src/use.ts
    import {imported} from "./index";
    """
    name = imported.strip("{ }")
    meanings, tables = meant(files, "src/use.ts", f"const x = new {name}();\nx.$0")
    expected = "src/lib.ts" if "./lib" in barrel else "src/main.ts"
    assert {tables.rows[int(tables.definition_file[one])].path for one in meanings.here} == {
        expected
    }
    assert {tables.definitions[one].qualified for one in meanings.named} <= {"Client", "Main"}


def test_a_module_that_a_barrel_gives_a_name_offers_what_it_has() -> None:
    files = SCRIPT.replace('export * from "./client"', 'export * as net from "./client"')
    files = files.replace("import { Client }", "import { net }")
    meanings, tables = meant(files, "src/use.ts", "net.$0")
    found = {tables.definitions[number].name for number in meanings.offers.here}
    assert found == {"Base", "Client", "Reply"}


def test_a_barrel_offers_what_it_gives_another_name() -> None:
    files = """
    //- src/main.ts
    class Helper {}
    export default class Main {}
    //- src/index.ts
    export { default as Start } from "./main";
    //- src/use.ts
    import * as kit from "./index";
    """
    meanings, tables = meant(files, "src/use.ts", "kit.$0")
    assert {tables.definitions[number].name for number in meanings.offers.here} == {"Main"}


def test_a_default_import_under_another_name_means_what_is_exported() -> None:
    files = """
    //- src/basket.ts
    class Item { price(): number { return 1 } }
    class Basket { total(): number { return 1 } }
    export default Basket;
    //- src/use.ts
    import Bag from "./basket";
    """
    meanings, tables = meant(files, "src/use.ts", "const x = new Bag();\nx.$0")
    assert {tables.definitions[number].name for number in meanings.here} == {"total"}
    assert {tables.definitions[number].name for number in meanings.unused} == set()


def test_a_name_of_two_letters_is_passed_on() -> None:
    files = """
    //- shop/check.py
    def ok(): ...
    //- shop/__init__.py
    from shop.check import *
    //- use.py
    from shop import ok
    """
    meanings, tables = meant(files, "use.py", "$0")
    assert {tables.definitions[number].name for number in meanings.named} == {"ok"}


def test_a_variable_that_holds_itself_ends() -> None:
    meanings, _ = meant(PYTHON, "use.py", "def f():\n    x = y\n    y = x\n    x.$0")
    assert not meanings.here


def test_names_that_are_bound_to_each_other_a_thousand_times_end() -> None:
    names = "abcdefgh"
    bound = "\n".join(f"    {one} = {other}" for one in names for other in names for _ in range(16))
    meanings, _ = meant(PYTHON, "use.py", f"def f():\n{bound}\n    a.$0")
    assert not meanings.here


def test_of_too_many_bases_those_of_the_first_count_in_the_order_of_the_header() -> None:
    middle = [f"Middle{number}" for number in range(15)]
    roots = "".join(
        f"class {name}Root:\n    def of_{name}(self): ...\nclass {name}({name}Root): ...\n"
        for name in middle
    )
    files = f"//- shop.py\n{roots}class All({', '.join(middle)}): ...\n//- use.py\n"
    files += f"from shop import All, {', '.join(middle)}\n"
    meanings, tables = meant(files, "use.py", "def f(x: All):\n    x.$0")
    assert [tables.definitions[number].name for number in meanings.here] == ["of_Middle0"]
