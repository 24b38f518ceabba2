"""The documents say what is there, and nothing leads nowhere."""

import re
from pathlib import Path

import pytest

from lsp_server.cli.exit_codes import ExitCode
from lsp_server.cli.main import COMMANDS
from lsp_server.config.keys import all_keys
from lsp_server.features.actions.registry import ACTIONS
from lsp_server.protocol.handlers.table import ROUTES

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "vscode-extension/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"(?<!`)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    kept = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(text))
    return {title.replace(" ", "-") for title in kept}


def command_names() -> list[str]:
    return [name.replace("_", "-") for name in COMMANDS]


def test_recall_is_quoted_as_it_was_measured() -> None:
    """Figures in walks must be those of the page that they link to."""
    [measured] = re.findall(
        r"## Measured.*?\| tandem \| (.+?) \|\n", page("docs/context.md"), re.DOTALL
    )
    [quoted] = re.findall(r"\[([^\]]*)\]\(context\.md#measured\)", page("docs/how-it-works.md"))
    assert re.findall(r"[\d.]+", quoted) == measured.split(" | ")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), f"{target} is not there"
        assert linked.is_relative_to(ROOT), f"{target} lies outside"
        if anchor and linked.suffix == ".md":
            assert anchor in anchors(linked.read_text(encoding="utf-8")), f"no heading {target}"


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_documented(name: str) -> None:
    assert f"`tandem-ls {name}" in page("docs/command-line.md")
    assert f"`{name}`" in page("CHANGELOG.md")


def test_every_exit_code_is_documented() -> None:
    text = page("docs/command-line.md")
    assert all(f"\n| {int(code)} | " in text for code in ExitCode)


def test_every_setting_is_documented() -> None:
    text = page("docs/settings.md")
    assert all(f"`{key.dotted}`" in text for key in all_keys())


def test_every_message_of_our_own_is_documented() -> None:
    text = page("docs/protocol.md")
    ours = [route.method for route in ROUTES if route.method.startswith("tandem/")]
    assert ours
    assert all(f"`{method}`" in text for method in ours)


def test_every_code_action_is_documented() -> None:
    manual = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert all(f"`{action.name}`" in manual for action in ACTIONS)


def test_readme_names_the_scripts_that_are_there() -> None:
    for name in re.findall(r"scripts/(\w+)", page("README.md")):
        assert (ROOT / "scripts" / name).is_file()


def test_every_page_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.suffix != ".md" or not path.exists():
            continue
        seen.add(path)
        targets = LINK.findall(path.read_text(encoding="utf-8"))
        local = [t.partition("#")[0] for t in targets if not re.match(r"[a-z]+:", t)]
        waiting += [(path.parent / name).resolve() for name in local if name]
    docs = {path for path in PAGES if path.is_relative_to(ROOT / "docs")}
    assert not {path.relative_to(ROOT).as_posix() for path in docs - seen}
