import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

PROGRAM = """
import asyncio, sys
from lsp_server.models.errors import Unreachable
from lsp_server.models.ollama.client import Ollama

async def main():
    try:
        await Ollama("http://127.0.0.1:9").version()
    except Unreachable as error:
        print(error.sentence)
    print(sorted({"httpx", "ollama"} & set(sys.modules)))

asyncio.run(main())
"""


def test_nothing_heavy_is_imported_where_nobody_listens() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ran.stdout == "No model server answers at http://127.0.0.1:9.\n[]\n"
