"""Of several definitions that a question's words name, those come first where the words meet."""

from pathlib import Path

from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine
from tests.fixture import parse_fixture

MAIL = """
    //- client.py
    class ClientOptions:
        color = 1

    class Client:
        def __init__(self, transport):
            self.transport = transport

        def deliver(self, letter):
            return self.transport.carry(letter)
    //- letters.py
    def letter_head():
        return "Dear"

    def letter_foot():
        return "Yours"
"""


async def test_a_definition_that_speaks_of_the_whole_question_goes_before_namesakes(
    tmp_path: Path,
) -> None:
    parse_fixture(MAIL).write(tmp_path)
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    try:
        await engine.complete()
        evidence = await engine.evidence("How does a client deliver a letter?", None, 2000)
    finally:
        await engine.stop()
    assert [touched.definition.name for touched in evidence.definitions][:1] == ["Client"]
