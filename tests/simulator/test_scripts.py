import json
from pathlib import Path

from lsp_server.models.prompts.editing import Piece, edit_tail, next_round
from tests.simulator.oracle import Oracle
from tests.simulator.scripts import load_rules
from tests.simulator.values import Ask

SOURCE = '''\
def area(width, height):
    """Return the area."""
    size = width * height
    return size


def other():
    return area(1, 2)
'''
BROKEN = "def area(width, height):\n    size = width *\n    return size\n"


def chat(text: str) -> Ask:
    return Ask("m", text, ({"role": "user", "content": text},))


def test_rules_from_a_file_answer_in_turn(tmp_path: Path) -> None:
    rules = [{"when": "fix", "say": ["one", "two"]}, {"when": "", "kind": "fill", "say": "hole"}]
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"*": rules}))
    script = load_rules(path)["*"]
    asked = [chat("fix it"), chat("fix it"), chat("fix it"), Ask("m", "x", above="a"), chat("no")]
    assert [script(ask).text for ask in asked] == ["one", "two", "two", "hole", ""]


def test_the_oracle_fills_a_hole_with_the_true_text() -> None:
    above = SOURCE.partition(" * height")[0]
    below = "\n    return size\n"
    assert Oracle({"a.py": SOURCE}).continuation(above, below) == " * height"


def test_the_oracle_repairs_a_piece_at_the_second_attempt() -> None:
    oracle = Oracle({"pkg/a.py": SOURCE})
    below = "\n\ndef other():\n    return area(1, 2)\n"
    piece = Piece("a.py", "python", 1, "", BROKEN, below, "```")
    task = edit_tail("Fix this.", piece)
    first = oracle(chat(task)).text
    second = oracle(chat(next_round(task, first, "- line 1: syntax error"))).text
    assert "def area(width, height)\n" in first
    assert second.strip("`\n") == SOURCE.partition("\n\n\ndef other")[0]


def test_the_oracle_answers_a_question_with_real_files() -> None:
    oracle = Oracle({"a.py": SOURCE, "b.py": "x = 1\n"})
    answer = oracle(chat("# Question\nWhere is the area computed?"))
    assert "- `a.py` defines `area`, `other`." in answer.text
    assert "area" in answer.thinking
