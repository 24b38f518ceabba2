"""Of several definitions that a question's words name, those come first where the words meet."""

from pathlib import Path

from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine
from tests.fixture import parse_fixture

MAIL = """
    //- bus.py
    class Transport:
        seats = 40
    //- mail.py
    class Transporter:
        def __init__(self, client):
            self.parcels = client.parcels
"""


async def test_a_definition_that_speaks_of_the_whole_question_goes_before_namesakes(
    tmp_path: Path,
) -> None:
    parse_fixture(MAIL).write(tmp_path)
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    try:
        await engine.complete()
        evidence = await engine.evidence(
            "How does a parcel travel from the clients to the transports?", None, 2000
        )
    finally:
        await engine.stop()
    assert [touched.definition.name for touched in evidence.definitions][:2] == [
        "Transporter",
        "Transport",
    ]
