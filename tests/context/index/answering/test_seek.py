"""What a request is answered with: nothing that is shown, nothing that does not pay."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from lsp_server.context.index.answering.seek import seek
from lsp_server.context.index.messages import Found, Plan, Seek
from lsp_server.context.index.workspace import Workspace
from tests.context.index.ranking.places import workspace_of

USE = "from shop import price, weigh\n\n\ndef total(items):\n    return "
LONG = "".join(
    f"\n\ndef step_{number}(a, b):\n    return a + b * {number}\n" for number in range(99)
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shop = "def price(item): ...\n\n\ndef weigh(item): ...\n"
    (tmp_path / "shop.py").write_text(shop)
    (tmp_path / "use.py").write_text(USE)
    return workspace_of(tmp_path)


def ask(workspace: Workspace, *plans: Plan, text: str = USE, per_need: float = 0.0) -> Found:
    window = (0, 5)
    return seek(
        workspace, Seek("use.py", "python", text, len(USE), window, plans, tokens_per_need=per_need)
    )


def names(found: Found) -> Mapping[str, set[str]]:
    return {piece.path: set(piece.shown) for piece in found.pieces}


def test_what_is_shown_is_not_shown_again(workspace: Workspace) -> None:
    everything = ask(workspace, Plan(2000, 0, 0, {}))
    assert names(everything) == {"shop.py": {"price", "weigh"}}
    rest = ask(workspace, Plan(2000, 0, 0, {"shop.py": "price"}))
    assert names(rest) == {"shop.py": {"weigh"}}


@pytest.mark.parametrize(("per_need", "taken"), [(1.0, 0), (1_000_000.0, 1)])
def test_reading_again_must_be_worth_what_it_brings(
    workspace: Workspace, per_need: float, taken: int
) -> None:
    plans = Plan(0, 0, 0, {}), Plan(2000, 0, 5000, {})
    assert ask(workspace, *plans, per_need=per_need).plan == taken


def test_the_current_file_gets_what_others_leave(workspace: Workspace) -> None:
    found = ask(workspace, Plan(20_000, 100, 0, {}), text=USE + "0\n" + LONG)
    assert found.pieces[-1].path == "use.py"
    assert found.pieces[-1].text.strip().endswith(LONG.strip())
    assert "step_98" in found.pieces[-1].shown
