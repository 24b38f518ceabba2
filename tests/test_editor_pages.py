"""The configurations in docs/editors can be read, and start what there is for what we serve.

Emacs, Helix, Neovim and Vim run with theirs in tests/e2e; the others are read here.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lsp_server.common.languages import PLAIN, language_named, language_of_path
from lsp_server.config.load import load_all
from lsp_server.protocol.editor.capabilities import COMMANDS

ROOT = Path(__file__).parents[1]
EDITORS = ROOT / "docs/editors"
PAGES = sorted(EDITORS.glob("*.md"))
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    text = (EDITORS / page).read_text(encoding="utf-8")
    return [code for kind, code in BLOCK.findall(text) if kind == language]


def the_block(page: str, language: str) -> Any:
    (block,) = blocks(page, language)
    return tomllib.loads(block) if language == "toml" else json.loads(block)


def takes_settings(values: Any) -> bool:
    """Whether the server takes these initialization options without a complaint."""
    loaded = load_all(values, [], trusted=False)
    return not loaded.messages and loaded.settings.agent.context_window == 65536


def program() -> str:
    (name,) = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    return str(name)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_has_of_json_and_toml_can_be_read(path: Path) -> None:
    for code in blocks(path.name, "json"):
        json.loads(code)
    for code in blocks(path.name, "toml"):
        tomllib.loads(code)


def test_coc_starts_the_server_for_languages_that_it_knows() -> None:
    page = the_block("coc.md", "json")
    server = page["languageserver"]["tandem"]
    assert server["command"] == program()
    assert takes_settings(server["initializationOptions"])
    assert server["filetypes"]
    assert [name for name in server["filetypes"] if language_named(name) is PLAIN] == []


def test_sublime_starts_the_server_for_languages_that_it_knows() -> None:
    client = the_block("sublime.md", "json")["clients"]["tandem"]
    assert client["enabled"]
    assert client["command"] == [program()]
    assert takes_settings(client["initializationOptions"])
    scopes = [scope.strip().removeprefix("source.") for scope in client["selector"].split("|")]
    short = {"js": "javascript", "ts": "typescript"}
    assert [s for s in scopes if language_named(short.get(s, s)) is PLAIN] == []


def test_zed_puts_the_server_where_a_known_one_is_looked_for() -> None:
    page = the_block("zed.md", "json")
    ((name, server),) = page["lsp"].items()
    assert Path(server["binary"]["path"]).name == program()
    assert page["languages"]["Python"]["language_servers"][0] == name


def test_helix_starts_the_server_beside_another() -> None:
    page = the_block("helix.md", "toml")
    server = page["language-server"]["tandem"]
    assert server["command"] == program()
    assert takes_settings(server["config"])
    (language,) = page["language"]
    assert language["language-servers"][-1] == "tandem"
    assert language_named(language["name"]) is not PLAIN


def test_jetbrains_maps_each_pattern_to_the_language_that_we_read_it_as() -> None:
    text = (EDITORS / "jetbrains.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", text, re.MULTILINE))
    assert rows["Command"] == f"`{program()}`"
    quoted = re.findall(r"`([^`]+)`", rows["Mappings, file name patterns"])
    patterns = [one for one in quoted if one.startswith("*")]
    languages = [one for one in quoted if not one.startswith("*")]
    assert patterns
    assert [language_of_path(Path(f"a{one[1:]}")).name for one in patterns] == languages
    options = rows["Configuration, initialization options"].strip("`")
    assert takes_settings(json.loads(options))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_commands_that_a_page_names_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:\"|command )(tandem\.\w+)\b", text))
    assert named <= {*COMMANDS, "tandem.yaml"}
