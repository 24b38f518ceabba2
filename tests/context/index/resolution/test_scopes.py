"""Which of several variables of one name a place means: one fixture a language."""

import pytest

from lsp_server.context.index.resolution.bindings import read_scope
from tests.context.index.ranking.places import row_of
from tests.fixture import CURSOR

FIXTURES = {
    "a.py": """
x = Outer()
def sibling():
    x = Sibling()
def around():
    use($0)
def behind():
    x = Behind()
""",
    "a.js": """
const x = new Outer();
function sibling() { const x = new Sibling(); }
function around() { use($0); }
function behind() { const x = new Behind(); }
""",
    "a.ts": """
const x: Outer = make();
function sibling() { const x: Sibling = make(); }
function around() { use($0); }
const behind = () => { const x: Behind = make(); }
""",
    "a.go": """
package p
var x Outer
func sibling() { var x Sibling; use(x) }
func around() { use($0) }
func behind(x Behind) {}
""",
    "a.rs": """
fn around() {
    let x: Outer = make();
    { let x: Sibling = make(); }
    use_it($0);
    let f = |x: Behind| x;
}
""",
    "A.java": """
class A {
    Outer x;
    void sibling() { Sibling x = make(); }
    void around() { use($0); }
    void behind(Behind x) { }
}
""",
    "a.c": """
void around(Outer x) {
    { Sibling x; }
    use($0);
    for (Behind x = 0;;) { }
}
""",
    "a.cpp": """
void around(Outer& x) {
    { Sibling x; }
    use($0);
}
""",
    "A.cs": """
class A {
    Outer x;
    void Sibling2() { Sibling x = Make(); }
    void Around() { Use($0); }
    void Behind2(Behind x) { }
}
""",
    "a.kt": """
fun sibling(x: Sibling) { }
fun around(x: Outer) { use($0) }
fun behind(x: Behind) { }
""",
    "a.php": """<?php
function sibling(Sibling $x) { }
function around(Outer $x) { use_it($0); }
function behind(Behind $x) { }
""",
    "a.rb": """
def sibling
  x = Sibling.new
end
def around
  x = Outer.new
  use($0)
end
def behind
  x = Behind.new
end
""",
}


@pytest.mark.parametrize("path", FIXTURES)
def test_a_variable_is_the_one_that_is_seen(path: str) -> None:
    cursor = FIXTURES[path].index(CURSOR)
    text = FIXTURES[path].replace(CURSOR, "")
    scope = read_scope(row_of(path, text), text, cursor).bindings
    bindings = scope["$x" if path.endswith(".php") else "x"]
    assert "Outer" in bindings[0].type + bindings[0].value


def test_an_inner_variable_hides_an_outer_one() -> None:
    text = "x = Outer()\ndef f():\n    x = Inner()\n    y = 1\n    use()\n"
    scope = read_scope(row_of("a.py", text), text, text.index("use"))
    assert [one.value for one in scope.bindings["x"]] == ["Inner()", "Outer()"]


def test_a_field_of_the_object_is_seen_in_all_methods() -> None:
    text = "class A:\n    def a(self):\n        self.x = Item()\n    def b(self):\n        use()\n"
    scope = read_scope(row_of("a.py", text), text, text.index("use"))
    assert scope.bindings["self.x"][0].is_seen(text.index("use"))
