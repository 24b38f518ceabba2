"""Who calls what a question asks about: uses in code, not words in comments and strings."""

from pathlib import Path

from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine
from tests.fixture import parse_fixture

SHOP = """
    //- shop/price.py
    def cheapest(prices):
        return min(prices)
    //- shop/sale.py
    from shop.price import cheapest
    class Sale:
        def run(self, prices):
            return (
                cheapest
                (prices)
            )
    //- shop/later.py
    from shop.price import cheapest
    def later(queue, prices):
        queue.put(cheapest, prices)
    //- shop/note.py
    HELP = "write cheapest(prices)"
    def other():
        '''As cheapest(prices) does.'''
        return 1  # cheapest(prices)
"""


async def test_callers_are_uses_in_code_with_the_definition_around_them(tmp_path: Path) -> None:
    parse_fixture(SHOP).write(tmp_path)
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    try:
        await engine.complete()
        evidence = await engine.evidence("Who uses cheapest?", None, 2000)
    finally:
        await engine.stop()
    found = {(one.path, one.line, one.inside) for one in evidence.callers}
    assert found == {("shop/sale.py", 4, "Sale.run"), ("shop/later.py", 2, "later")}


async def test_who_calls_a_name_of_two_letters_is_found_among_who_can_see_it(
    tmp_path: Path,
) -> None:
    files = """
    //- shop/check.py
    def ok(price):
        return price > 0
    //- shop/api.py
    from shop.check import ok
    //- app/sale.py
    from shop.api import ok
    def sale(price):
        token = "ok"
        return ok(price)
    //- app/other.py
    def other(ok):
        return ok()
    """
    parse_fixture(files).write(tmp_path)
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    try:
        await engine.complete()
        evidence = await engine.evidence("Who calls ok?", None, 2000)
    finally:
        await engine.stop()
    assert [(one.path, one.line) for one in evidence.callers] == [("app/sale.py", 3)]
