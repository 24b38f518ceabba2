import json
from pathlib import Path

import pytest

from lsp_server.config.keys import Key, all_keys
from lsp_server.config.schema import editor_properties, settings_page
from lsp_server.config.settings import Settings

ROOT = Path(__file__).parents[2]


def test_settings_page_is_what_scripts_settings_writes() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page()


@pytest.mark.parametrize("key", all_keys(), ids=lambda key: key.dotted)
def test_every_setting_has_a_doc_and_accepts_its_default(key: Key) -> None:
    assert key.doc.endswith(".")
    assert key.read(key.default) == key.default
    assert getattr(getattr(Settings(), key.section), key.name) == key.default


def test_editor_properties_are_json_without_defaults() -> None:
    properties = json.loads(json.dumps(editor_properties()))
    assert set(properties) == {f"tandem.{key.dotted}" for key in all_keys()}
    assert all(item["default"] is None for item in properties.values())
    assert properties["tandem.ollama.host"]["scope"] == "machine"
    assert properties["tandem.completion.list_item"]["enum"] == ["auto", "on", "off", None]
