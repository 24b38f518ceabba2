"""Python's own compiler: syntax, and what only the compiler sees ("return" outside a function)."""

from typing import Any

from lsp_server.checks.check import Needs, Speed
from lsp_server.checks.tool import Home, Output, Tool
from lsp_server.checks.tools.reading import json_of
from lsp_server.common.problems import Problem
from lsp_server.common.text import Position, Span

# In a process of its own: compiling a hostile text can take the whole memory or the stack.
# The parser counts columns in code points, the later stages in bytes of UTF-8: hence two steps,
# the first of which (flag 0x400, `ast.PyCF_ONLY_AST`) is the parser's alone.
_SCRIPT = """
import json, sys, warnings
warnings.simplefilter("ignore")
text = sys.stdin.buffer.read()
lines = text.splitlines()
def points(line, offset):
    if not tree or not line or not offset or line > len(lines):
        return offset
    return len(lines[line - 1][:offset - 1].decode("utf-8", "replace")) + 1
found, tree = [], None
try:
    tree = compile(text, sys.argv[1], "exec", 0x400, dont_inherit=True)
    compile(tree, sys.argv[1], "exec", dont_inherit=True)
except SyntaxError as e:
    found = [[type(e).__name__, e.msg, e.lineno, points(e.lineno, e.offset),
              e.end_lineno, points(e.end_lineno, e.end_offset)]]
except (ValueError, OverflowError, RecursionError, MemoryError) as e:
    found = [[type(e).__name__, str(e), 1, 1, 1, 1]]
print(json.dumps(found))
"""
_ARGUMENTS = ("-I", "-S", "-c", _SCRIPT, "{file}")


def read(output: Output) -> list[Problem]:
    """Read what the script above prints: at most one problem, as the compiler stops at the first.

    Lines and columns count from one, columns in code points (Python 3.11, `SyntaxError`).
    """
    return [_problem(finding) for finding in json_of(output, "python")]


def _problem(finding: list[Any]) -> Problem:
    rule, message, line, column, end_line, end_column = finding
    start = _position(line, column)
    end = _position(end_line or line, end_column or column)
    return Problem("python", rule, message, Span(start, max(start, end)))


def _position(line: int | None, column: int | None) -> Position:
    return Position(max((line or 1) - 1, 0), max((column or 1) - 1, 0))


PYTHON = Tool(
    "python",
    ("python",),
    ("python3", "python"),
    _ARGUMENTS,
    read,
    home=Home.PYTHON,
    speed=Speed.QUICK,
    needs=Needs.TEXT,
    untrusted=_ARGUMENTS,
    stdin=True,
    beside_us=True,
)
