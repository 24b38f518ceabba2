"""Settings on the real server: what is wrong is said once, and the rest goes on."""

from pathlib import Path
from typing import Any

import pytest

from lsp_server.cli.client import LanguageClient, spawned_server
from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator

EXAMPLE = """\
agent:
  planner_model: "gpt-oss-20b-quant-mxfp4"
  executor_model: "glm-4.5-flash-fp16"
  context_window: 128000
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


async def greet(client: LanguageClient, root: Path, *, trusted: bool) -> None:
    options: dict[str, Any] = {"trusted": trusted}
    await client.request(
        "initialize",
        {
            "processId": None,
            "rootUri": root.as_uri(),
            "capabilities": {"experimental": {"tandem": {}}},
            "initializationOptions": options,
        },
    )
    client.notify("initialized", {})


async def leave(client: LanguageClient) -> None:
    await client.request("shutdown")
    client.notify("exit")


async def test_wrong_file_is_told_in_one_message_and_the_server_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "tandem.yaml"
    file.write_text("agent:\n  context_window: lots\nfix:\n  max_rounds: 7\n")
    async with spawned_server() as (client, _):
        await greet(client, tmp_path, trusted=True)
        said = await client.wait_for("window/showMessage", lambda params: "yaml" in str(params))
        assert str(file) in said["message"]
        assert "Line 2: agent.context_window" in said["message"]
        assert "Line 4: fix.max_rounds" in said["message"]
        assert await client.request("workspace/executeCommand", {"command": "tandem.status"})
        await leave(client)


async def test_example_file_resolves_its_friendly_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tandem.yaml").write_text(EXAMPLE)
    say = always("Hello.")
    async with Simulator([gpt_oss(say), glm_flash(say)]) as simulator:
        monkeypatch.setenv("OLLAMA_HOST", simulator.url)
        async with spawned_server() as (client, _):
            await greet(client, tmp_path, trusted=True)
            status = await client.wait_for("tandem/status", _has_models)
            assert status["planner"] == "gpt-oss:20b"
            assert status["executor"] == "glm-4.7-flash:latest"
            wanted = {found["wanted"] for found in status["detail"]["resolved"].values()}
            assert wanted == {"gpt-oss-20b-quant-mxfp4", "glm-4.5-flash-fp16"}
            await leave(client)


async def test_untrusted_project_sets_nothing(tmp_path: Path) -> None:
    (tmp_path / "tandem.yaml").write_text("ollama:\n  host: nonsense\nagent: wrong\n")
    async with spawned_server() as (client, _):
        await greet(client, tmp_path, trusted=False)
        await client.request("workspace/executeCommand", {"command": "tandem.status"})
        await client.wait_for("tandem/status", lambda params: params["detail"]["index"]["complete"])
        shown = [one for one in client.inbox if one["method"] == "window/showMessage"]
        assert not [one for one in shown if "tandem.yaml" in one["params"]["message"]]
        await leave(client)


def _has_models(params: Any) -> bool:
    return bool(params["detail"].get("resolved")) and params["state"] != "built-in"
