"""What the VS Code extension repeats of the server stays the same as in the server."""

import json
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from lsp_server import __version__
from lsp_server.config.schema import editor_properties
from lsp_server.protocol import messages
from lsp_server.protocol.editor.capabilities import (
    ACTION_COMMAND,
    COMMANDS,
    PULL_COMMAND,
    STATUS_COMMAND,
)

EXTENSION = Path(__file__).parents[2] / "vscode-extension"
MIRROR = (EXTENSION / "src/messages.ts").read_text("utf-8")


def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    return content


def mirrored_fields(name: str) -> set[str]:
    body = re.search(rf"export interface {name} {{(.*?)}}", MIRROR, re.DOTALL)
    assert body, f"messages.ts has no {name}"
    return set(re.findall(r"^  (\w+)\??:", body[1], re.MULTILINE))


@pytest.mark.parametrize("name", re.findall(r"export interface (\w+)", MIRROR))
def test_the_mirror_has_the_fields_of_the_server(name: str) -> None:
    fields = {messages.camel_case(field.name) for field in attrs.fields(getattr(messages, name))}
    assert mirrored_fields(name) == fields


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASK", messages.ASK),
        ("STATUS", messages.STATUS),
        ("QUESTION", messages.QUESTION),
        ("TRUST", messages.TRUST),
        ("ACTION_COMMAND", ACTION_COMMAND),
        ("PULL_COMMAND", PULL_COMMAND),
        ("STATUS_COMMAND", STATUS_COMMAND),
    ],
)
def test_the_mirror_has_the_names_of_the_server(name: str, value: str) -> None:
    assert f"export const {name} = '{value}';" in MIRROR


def test_the_settings_are_those_of_the_server() -> None:
    groups = manifest()["contributes"]["configuration"]
    assert groups[-1]["properties"] == editor_properties()


def test_no_command_of_the_extension_hides_one_of_the_server() -> None:
    ours = {command["command"] for command in manifest()["contributes"]["commands"]}
    assert not ours & set(COMMANDS)


def test_every_command_is_registered() -> None:
    registered = (EXTENSION / "src/commands.ts").read_text("utf-8")
    ours = [command["command"] for command in manifest()["contributes"]["commands"]]
    assert [name for name in ours if f"'{name}': " not in registered] == []


def test_programs_and_addresses_are_settings_of_the_machine() -> None:
    scopes = {
        name: described["scope"]
        for group in manifest()["contributes"]["configuration"]
        for name, described in group["properties"].items()
    }
    wanted = ("tandem.server.path", "tandem.server.python", "tandem.ollama.host")
    assert {scopes[name] for name in wanted} == {"machine"}


def test_the_extension_has_the_version_of_the_server() -> None:
    assert manifest()["version"] == __version__
