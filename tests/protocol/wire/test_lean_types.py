import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# In a process of its own, because this one has imported the types already.
PROGRAM = """
import attrs
define = attrs.define
from lsp_server.protocol.wire.lean_types import import_protocol_types
import_protocol_types()
assert attrs.define is define
from lsprotocol import types
from lsp_server.protocol.wire.converter import make_converter

item = types.TextDocumentItem("file:///a", "python", 1, "secret")
assert "secret" not in repr(item)
assert item == types.TextDocumentItem("file:///a", "python", 1, "secret")
converter = make_converter()
written = converter.unstructure(types.DidOpenTextDocumentParams(item))
assert written["textDocument"]["languageId"] == "python", written
assert converter.structure(written, types.DidOpenTextDocumentParams).text_document == item
"""


def test_lean_types_convert_and_compare_and_print_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
