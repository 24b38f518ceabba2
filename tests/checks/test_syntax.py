"""The syntax check as a part of the checks."""

from pathlib import Path

import pytest

from lsp_server.checks.errors import TextTooLarge
from lsp_server.checks.subject import Subject
from lsp_server.checks.syntax import syntax_check
from lsp_server.common.text import MOST_PARSED
from lsp_server.context.index.syntax import faults


@pytest.mark.parametrize("padding", ["#" * MOST_PARSED, "x = 1\n" * (MOST_PARSED // 6 + 1)])
async def test_a_text_that_is_too_large_is_not_parsed_and_it_is_said(
    tmp_path: Path, padding: str
) -> None:
    text = f"def broken(:\n{padding}"
    assert faults(text, "python") == []
    subject = Subject(tmp_path, tmp_path / "a.py", text, "python")
    with pytest.raises(TextTooLarge):
        await syntax_check(faults).look(subject, tmp_path)


def test_a_smaller_text_is_parsed() -> None:
    assert faults("def broken(:\n" + "#" * 1000, "python")
