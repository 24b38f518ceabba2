"""`tandem-ls pack --jsonl`: one answer a line, whatever the line, for any number of roots."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "lsp_server", "pack", "--jsonl")


def packed(tmp_path: Path, lines: list[str]) -> list[dict[str, str]]:
    requests = tmp_path / "requests.jsonl"
    requests.write_text("".join(f"{line}\n" for line in lines))
    with requests.open() as file:
        done = subprocess.run(
            COMMAND, stdin=file, capture_output=True, text=True, check=True, timeout=60
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def root_with(tmp_path: Path, name: str) -> Path:
    root = tmp_path / name
    root.mkdir()
    (root / f"{name}.py").write_text(f"class {name.title()}:\n    def go(self) -> int: ...\n")
    return root


def request(root: Path, content: str, **changes: Any) -> str:
    known: dict[str, Any] = {"root": str(root), "path": "use.py", "text": content}
    known |= {"cursor": len(content.encode()), "budget_tokens": 2000, "open_files": []}
    return json.dumps({**known, **changes})


def test_each_line_gets_an_answer_and_bad_ones_do_not_end_the_run(tmp_path: Path) -> None:
    one, two = root_with(tmp_path, "one"), root_with(tmp_path, "two")
    answers = packed(
        tmp_path,
        [
            request(one, "from one import One\nOne()."),
            "{not json",
            "[1]",
            request(one, "x", text=5),
            request(one, "x", cursor=2),
            request(one, "x", cursor=-1),
            request(one, "x", cursor=True),
            request(one, "x", budget_tokens=0),
            request(one, "x", open_files="use.py"),
            request(tmp_path / "nowhere", "x"),
            json.dumps({"root": str(one)}),
            request(two, "from two import Two\nTwo().", open_files=["two.py"]),
        ],
    )
    assert ["prompt" in answer for answer in answers] == [True, *[False] * 10, True]
    assert all(answer.keys() == {"error"} for answer in answers[1:-1])
    assert "class One" in answers[0]["prompt"]
    assert "class Two" in answers[-1]["prompt"]
    assert "class One" not in answers[-1]["prompt"]


def test_the_cursor_counts_bytes_and_the_budget_holds(tmp_path: Path) -> None:
    root = root_with(tmp_path, "one")
    above, below = "s = 'é€😀'\nvalue = ", "1\nö = 2\n"
    text = above + below
    answers = packed(
        tmp_path,
        [
            request(root, text, cursor=len(above.encode())),
            request(root, text * 2000, cursor=len(above.encode()), budget_tokens=200),
        ],
    )
    assert answers[0]["prompt"].endswith(f"# use.py, up to the cursor\n{above}")
    assert below in answers[0]["prompt"]
    assert len(answers[1]["prompt"].encode()) <= 4 * 200
