from pathlib import Path

from lsp_server.checks.available import BUILT_IN
from lsp_server.features.actions.manual import actions_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_the_actions_is_what_scripts_manual_writes() -> None:
    assert (DOCS / "actions.md").read_text(encoding="utf-8") == actions_page()


def test_the_page_of_the_fixes_names_every_check() -> None:
    page = (DOCS / "fixes.md").read_text(encoding="utf-8")
    assert [tool.name for tool in BUILT_IN if f"`{tool.name}`" not in page] == []
