import json
from pathlib import Path
from typing import Any

import pytest

from lsp_server.cli import stats
from lsp_server.cli.main import main
from lsp_server.cli.stats import summed
from lsp_server.storage.tally import append_counts


@pytest.fixture
def tally(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "suggestions.jsonl"
    monkeypatch.setattr(stats, "tally_file", lambda _cache: path)
    return path


def test_counts_are_summed_by_engine_since_a_day() -> None:
    records: list[dict[str, Any]] = [
        {"day": "2026-01-01", "engine": "glm", "offered": 100},
        {"day": "2026-01-02", "engine": "glm", "offered": 4, "accepted": 1},
        {"day": "2026-01-03", "engine": "glm", "offered": 4, "accepted": "x"},
        {"day": "2026-01-03", "engine": "built-in engine", "offered": 1},
    ]
    assert summed(records, "2026-01-02") == {
        "built-in engine": {"offered": 1},
        "glm": {"offered": 8, "accepted": 1},
    }


def test_the_command_prints_shares(tally: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = {"offered": 10, "accepted": 4, "partly": 1, "watched_30": 4, "kept_30": 3}
    append_counts(tally, {"day": "9999-01-01", "engine": "glm", **counts})
    assert main(["stats"]) == 0
    assert capsys.readouterr().out == (
        "glm: 10 offered, 4 accepted (40 %), 1 in part; kept 30 s 3 of 4\n"
    )
    assert main(["stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"glm": counts}


def test_no_counts_are_said_and_told_by_the_exit_code(
    tally: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stats", "--days", "3"]) == 1
    assert "3 days" in capsys.readouterr().out


def test_the_command_prints_tokens_and_what_they_cost(
    tally: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"prompt_tokens": 200, "cached_tokens": 150, "answer_tokens": 9}
    append_counts(
        tally, {"day": "9999-01-01", "engine": "glm", **counts, "cost_millionths": 1_250_000}
    )
    assert main(["stats"]) == 0
    assert capsys.readouterr().out == (
        "glm: 200 tokens of prompts, 75 % cached, 9 written; "
        "1.25 to pay at the prices in your settings\n"
    )
