from pathlib import Path
from typing import Any

from tests.protocol.client import editor
from tests.protocol.fakes import Fakes

PULLS: dict[str, Any] = {"workspace": {"configuration": True}}


async def test_initialization_options_are_settings_and_trust() -> None:
    async with editor() as ed:
        options = {"trusted": True, "ask": {"max_tokens": 7}}
        await ed.initialize(initializationOptions=options, rootUri="file:///project")
        await ed.settle()
        assert ed.features.seen("load") == [("load", {"ask": {"max_tokens": 7}}, True)]
        assert ed.features.seen("assemble") == [("assemble", (Path("/project"),), True)]


async def test_settings_may_also_stand_under_settings() -> None:
    async with editor() as ed:
        options = {"trusted": True, "settings": {"ask": {"max_tokens": 7}}}
        await ed.initialize(initializationOptions=options)
        assert ed.features.seen("load") == [("load", {"ask": {"max_tokens": 7}}, True)]


async def test_absent_trust_is_no_trust() -> None:
    for options in (None, {}, {"trusted": "yes"}, [True]):
        async with editor() as ed:
            await ed.initialize(initializationOptions=options)
            assert ed.features.seen("load") == [("load", {}, False)]


async def test_pulled_settings_lie_over_the_options_and_null_says_nothing() -> None:
    async with editor() as ed:
        asked: list[Any] = []

        def answer(params: Any) -> Any:
            asked.append(params)
            return [{"ask": {"max_tokens": None, "citations": 3}, "fix": None}]

        ed.client.answers["workspace/configuration"] = answer
        await ed.initialize(PULLS, initializationOptions={"ask": {"max_tokens": 7}})
        await ed.until(lambda: len(ed.features.seen("load")) == 2)
        assert asked == [{"items": [{"section": "tandem"}]}]
        merged = {"ask": {"max_tokens": 7, "citations": 3}}
        assert ed.features.seen("load")[-1] == ("load", merged, False)
        assert ed.features.seen("settings")[-1][2] is False


async def test_pushed_settings_are_taken() -> None:
    async with editor() as ed:
        await ed.initialize()
        settings = {"tandem": {"ask": {"max_tokens": 9}}, "other": 1}
        ed.notify("workspace/didChangeConfiguration", {"settings": settings})
        await ed.settle()
        assert ed.features.seen("load")[-1][1] == {"ask": {"max_tokens": 9}}


async def test_a_change_without_values_is_pulled() -> None:
    async with editor() as ed:
        values: list[Any] = [None]
        ed.client.answers["workspace/configuration"] = lambda _params: values
        await ed.initialize(PULLS)
        await ed.calm()
        values[0] = {"ask": {"max_tokens": 5}}
        ed.notify("workspace/didChangeConfiguration", {"settings": None})
        await ed.until(lambda: ed.features.seen("load")[-1][1] != {})
        assert ed.features.seen("load")[-1][1] == {"ask": {"max_tokens": 5}}


async def test_settings_cannot_grant_trust() -> None:
    async with editor() as ed:
        ed.client.answers["workspace/configuration"] = [{"trusted": True}]
        await ed.initialize(PULLS)
        await ed.settle()
        settings = {"tandem": {"trusted": True}}
        ed.notify("workspace/didChangeConfiguration", {"settings": settings})
        await ed.until(lambda: len(ed.features.seen("load")) == 3)
        assert {entry[2] for entry in ed.features.seen("load")} == {False}
        assert all("trusted" not in entry[1] for entry in ed.features.seen("load"))


async def test_granted_trust_reads_the_settings_again() -> None:
    async with editor() as ed:
        await ed.initialize(initializationOptions={"ask": {"max_tokens": 7}})
        ed.notify("tandem/didChangeTrust", {"trusted": True})
        await ed.settle()
        assert ed.features.seen("load")[-1] == ("load", {"ask": {"max_tokens": 7}}, True)
        assert ed.features.seen("settings")[-1][2] is True


async def test_what_is_wrong_in_the_settings_is_said_once() -> None:
    features = Fakes(bad_settings=["ask.max_tokens is not a number; the default stands."])
    async with editor(features) as ed:
        await ed.initialize()
        ed.notify("workspace/didChangeConfiguration", {"settings": {"tandem": {}}})
        ed.notify("workspace/didChangeConfiguration", {"settings": {"tandem": {}}})
        await ed.settle()
        shown = await ed.client.wait_for("window/showMessage")
        assert shown == {"type": 2, "message": features.bad_settings[0]}


async def test_the_editor_is_asked_to_tell_of_changes_where_it_can() -> None:
    dynamic = {"dynamicRegistration": True}
    capabilities = {
        "workspace": {"didChangeConfiguration": dynamic, "didChangeWatchedFiles": dynamic}
    }
    async with editor() as ed:
        await ed.initialize(capabilities)
        asked = await ed.client.wait_for("client/registerCapability")
        ed.client.answer(asked)
        methods = [entry["method"] for entry in asked["params"]["registrations"]]
        assert methods == [
            "workspace/didChangeConfiguration",
            "workspace/didChangeWatchedFiles",
        ]
        assert asked["params"]["registrations"][0]["registerOptions"] == {"section": "tandem"}


async def test_folders_come_and_go() -> None:
    async with editor() as ed:
        folders = [{"uri": "file:///one", "name": "one"}]
        await ed.initialize(workspaceFolders=folders)
        await ed.settle()
        event = {"added": [{"uri": "file:///two", "name": "two"}], "removed": folders}
        ed.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await ed.settle()
        assert ed.features.seen("roots") == [("roots", (Path("/two"),))]
        assert len(ed.features.seen("load")) == 2


async def test_the_disk_is_watched_for_an_editor_that_reports_no_changes() -> None:
    async with editor() as ed:
        await ed.initialize(rootUri="file:///project")
        await ed.until(lambda: bool(ed.features.seen("watch")))
        [(_, on_files)] = ed.features.seen("watch")
        on_files([Path("/project/a.py")])
        assert ed.features.seen("files") == [("files", (Path("/project/a.py"),))]


async def test_files_changed_outside_the_editor_are_passed_on() -> None:
    async with editor() as ed:
        await ed.initialize(rootUri="file:///project")
        changes = [{"uri": "file:///project/a.py", "type": 2}, {"uri": "untitled:x", "type": 1}]
        ed.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        await ed.until(lambda: bool(ed.features.seen("files")))
        assert ed.features.seen("files") == [("files", (Path("/project/a.py"),))]
        assert len(ed.features.seen("load")) == 1


async def test_a_changed_project_file_is_read_again() -> None:
    async with editor() as ed:
        await ed.initialize(rootUri="file:///project")
        changes = [{"uri": "file:///project/tandem.yaml", "type": 2}]
        ed.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        await ed.until(lambda: len(ed.features.seen("load")) == 2)
        assert ed.features.seen("load")[-1] == ("load", {}, False)
