"""What a question touches: the place that it was asked at comes first, and all of it is code."""

from pathlib import Path

from lsp_server.common.blocks import Depth
from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine
from lsp_server.context.evidence import Evidence
from tests.fixture import parse_fixture

SHOP = """
    //- shop.py
    class Cart:
        total = 0

        def add(self, item):
            def noted(price):
                return price
            self.total += noted(item.price)$0

        def what_does_this(self):
            return self.total
"""


async def asked(root: Path, text: str, question: str, budget: int = 2000) -> Evidence:
    fixture = parse_fixture(text)
    fixture.write(root)
    engine = ContextEngine(IndexSettings())
    await engine.start([root])
    try:
        await engine.complete()
        place = fixture.place(root) if "$0" in text else None
        return await engine.evidence(question, place, budget)
    finally:
        await engine.stop()


async def test_the_definition_around_the_place_comes_first(tmp_path: Path) -> None:
    evidence = await asked(tmp_path, SHOP, "What does this do?")
    assert evidence.definitions[0].definition.name == "add"
    assert "self.total += noted(item.price)" in evidence.blocks[0].text
    assert evidence.blocks[0].why == "where the question was asked"
    names = [item.definition.name for item in evidence.definitions]
    assert len(names) == len(set(names))


async def test_outside_of_all_definitions_the_question_decides(tmp_path: Path) -> None:
    text = SHOP.replace("$0", "") + "\n    print(Cart)$0\n"
    evidence = await asked(tmp_path, text, "How does a Cart add?")
    assert {item.definition.name for item in evidence.definitions} >= {"Cart"}
    assert {block.why for block in evidence.blocks} == {"named or described by the question"}


async def test_a_doc_without_its_body_is_a_comment_of_the_language(tmp_path: Path) -> None:
    lines = "".join(f"\tlong({n}, {n}, {n})\n" for n in range(600))
    text = f"//- a.go\npackage a\n\n// Load reads all.\n// It waits.\nfunc Load() {{\n{lines}}}\n"
    evidence = await asked(tmp_path, text, "What does Load do?")
    assert evidence.blocks[0].depth == Depth.DOCUMENTED
    assert evidence.blocks[0].text == "func Load()\n // Load reads all.\n // It waits."
