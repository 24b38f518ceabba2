"""Every golden case: what the model says at the place, and what is shown of it."""

import asyncio
import re
from collections import Counter
from pathlib import Path

import pytest

from lsp_server.common.languages import language_of_path
from lsp_server.common.text import text_in
from tests.features.inline_completion.desk import desk
from tests.fixture import parse_fixture
from tests.quality.golden_cases import FOLDER, Case, read_cases

CASES = list(read_cases())
FILES = {
    "python": "main.py",
    "typescript": "main.ts",
    "tsx": "main.tsx",
    "javascript": "main.js",
    "go": "main.go",
    "rust": "main.rs",
    "java": "Main.java",
    "c": "main.c",
    "cpp": "main.cpp",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_golden(case: Case) -> None:
    place = parse_fixture(f"//- {FILES[case.file]}\n{case.code}").place()
    assert place.snapshot.language == language_of_path(place.snapshot.path).name  # type: ignore[arg-type]
    work = desk([case.says])
    ask = asyncio.create_task(work.feature.suggest(place, invoked=case.invoked))
    await work.clock.advance(5)
    found = await ask
    assert bool(work.model.requests) is case.asked
    shown = found.text if found else ""
    taken = text_in(place.snapshot.lines, found.span) if found else ""
    assert (shown, taken) == (case.shows, case.replaces)


def test_faults_of_others_have_the_case_that_the_readme_names() -> None:
    rows = re.findall(r"^\| .* \| `(.+)` \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    files = Path(__file__).parents[1].joinpath("features/inline_completion").glob("test_*.py")
    tests = re.findall(
        r"^(?:async )?def (test_\w+)", "".join(f.read_text() for f in files), re.MULTILINE
    )
    assert len(rows) > 60
    assert set(rows) - {case.name for case in CASES} - set(tests) == set()


def test_table_is_large_enough_and_without_doubles() -> None:
    names = Counter(case.name for case in CASES)
    texts = Counter((case.file, case.code, case.says, case.invoked) for case in CASES)
    assert len(CASES) >= 300
    assert {case.file for case in CASES} == set(FILES)
    assert [name for name, count in names.items() if count > 1] == []
    assert [text for text, count in texts.items() if count > 1] == []
