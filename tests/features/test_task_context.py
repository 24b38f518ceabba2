"""What tasks and questions are given of a real index."""

from pathlib import Path

from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine
from lsp_server.features.task_context import TaskContext


async def test_the_evidence_for_any_question_begins_with_one_map_and_keeps_to_its_budget(
    tmp_path: Path,
) -> None:
    (tmp_path / "price.py").write_text("def cheapest(prices):\n    return min(prices)\n")
    engine = ContextEngine(IndexSettings())
    try:
        await engine.start([tmp_path])
        context = TaskContext(engine)
        found = [await context.evidence(asked, None, 8000) for asked in ("cheapest?", "Why tax?")]
        overview = await context.overview(8000)
    finally:
        await engine.stop()
    assert "price.py" in overview.map
    assert [one.map for one in found] == [overview.map] * 2
    assert "price.py" in found[0].around
    assert all(overview.tokens < one.tokens <= 8000 for one in found)
