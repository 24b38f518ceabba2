"""The index process told to begin anew while it is at work."""

import asyncio
from pathlib import Path

from lsp_server.config.settings import IndexSettings
from lsp_server.context.index.messages import BufferChanged, NameWanted, Start, StatusWanted
from lsp_server.context.index.worker import IndexProcess


async def test_a_document_that_changes_while_the_index_begins_anew_is_known(tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text("def saved(): ...\n")
    answers: dict[int, object] = {}
    process = IndexProcess(answers.__setitem__)
    start = Start((tmp_path,), IndexSettings())
    try:
        await process.handle(1, start)
        await asyncio.gather(
            process.handle(2, start),
            process.handle(3, BufferChanged("use.py", "python", "def typed(): ...\n")),
        )
        await process.handle(4, StatusWanted(when_complete=True))
        await process.handle(5, NameWanted("typed"))
        assert answers[5]
    finally:
        await process.stop()
