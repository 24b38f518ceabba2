"""Code actions from the light bulb to the edit in the editor."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from lsp_server.cli.client import ServerRefused
from lsp_server.common.edits import FileEdit, TextEdit
from lsp_server.common.errors import TandemError
from lsp_server.common.problems import Severity
from lsp_server.common.text import Position, Span
from lsp_server.features.values import (
    AnswerOutcome,
    Choice,
    EditOutcome,
    Offer,
    Proof,
    Question,
    Refusal,
    Scene,
    Verdict,
)
from tests.protocol.client import URI, Editor, editor, replace
from tests.protocol.editors import EDITORS
from tests.protocol.fakes import Fakes

OFFERS = [
    Offer("fix_problem", "Fix: undefined name", "quickfix", {"n": 1}, preferred=True),
    Offer("explain", "Explain", "source.explain", {}),
    Offer("rewrite", "Rewrite", "refactor.rewrite", {}),
]
DIAGNOSTIC = {
    "range": {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 3}},
    "message": "undefined name",
    "source": "ruff",
    "code": "F821",
    "severity": 2,
}
PLAIN: dict[str, Any] = {"workspace": {"applyEdit": True}}
PROVEN = Proof(Verdict.PROVEN, ("ruff",), 3, 2, 1, "glm", "ruff: 1 problem gone, 2 left, none new")
UNPROVEN = Proof(Verdict.UNPROVEN, (), 0, 0, 1, "glm", "Nothing could check this.")
LITERALS: dict[str, Any] = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}


def asking(trigger: int = 1, **context: Any) -> dict[str, Any]:
    return {
        "textDocument": {"uri": URI},
        "range": DIAGNOSTIC["range"],
        "context": {"diagnostics": [DIAGNOSTIC], "triggerKind": trigger, **context},
    }


def command(**more: Any) -> dict[str, Any]:
    arguments = {
        "action": "fix_problem",
        "textDocument": {"uri": URI},
        "range": DIAGNOSTIC["range"],
        **more,
    }
    return {"command": "tandem.action", "arguments": [arguments]}


def edit_of(
    version: int | None,
    path: str = "/project/main.py",
    *,
    proof: Proof = PROVEN,
    creates: bool = False,
) -> EditOutcome:
    start = Position(0, 0)
    span = Span(start, start if creates else Position(0, 1))
    edit = FileEdit(Path(path), (TextEdit(span, "new"),), version, creates)
    return EditOutcome("Fix undefined name", (edit,), proof)


async def titles(ed: Editor, params: dict[str, Any]) -> list[str]:
    found = await ed.request("textDocument/codeAction", params)
    return [action["title"] for action in found]


def patch_in(folder: Path) -> Path:
    [patch] = folder.glob("*.diff")
    return patch


async def run(ed: Editor, params: dict[str, Any] | None = None) -> None:
    assert await ed.request("workspace/executeCommand", params or command(version=1)) is None


# What is offered


async def test_the_light_bulb_gets_quick_fixes_only() -> None:
    async with editor(Fakes(offered=OFFERS)) as ed:
        await ed.initialize()
        ed.open("a😀b\n")
        assert await titles(ed, asking(trigger=2)) == ["Fix: undefined name"]
        assert await titles(ed, asking(trigger=1)) == [offer.title for offer in OFFERS]
        scenes = [entry[1] for entry in ed.features.seen("offers")]
        assert [scene.invoked for scene in scenes] == [False, True]


async def test_a_fix_brings_its_own_problem_along_and_no_other() -> None:
    other = {**DIAGNOSTIC, "message": "unused import"}
    params = asking(diagnostics=[DIAGNOSTIC, other])
    async with editor(Fakes()) as ed:
        await ed.initialize({"textDocument": {"codeAction": LITERALS}})
        ed.open("a😀b\n")
        await titles(ed, params)
        scene: Scene = ed.features.seen("offers")[0][1]
        fix = Offer("fix", "Fix: unused import", "quickfix", {}, problem=scene.problems[1])
        ed.features.offered = [fix, OFFERS[0]]
        one, both = await ed.request("textDocument/codeAction", params)
    assert [told["message"] for told in one["diagnostics"]] == ["unused import"]
    assert one["command"]["arguments"][0]["diagnostics"] == one["diagnostics"]
    assert len(both["diagnostics"]) == 2


async def test_a_wanted_kind_stands_for_the_kinds_below_it() -> None:
    async with editor(Fakes(offered=OFFERS)) as ed:
        await ed.initialize()
        ed.open("a\n")
        assert await titles(ed, asking(only=["refactor"])) == ["Rewrite"]
        assert await titles(ed, asking(trigger=2, only=["source"])) == ["Explain"]
        assert await titles(ed, asking(only=["source.fixAll"])) == []


async def test_the_scene_holds_the_diagnostics_in_code_points() -> None:
    async with editor(Fakes(offered=OFFERS)) as ed:
        await ed.initialize()
        ed.open("😀bc\n")
        await titles(ed, asking())
        scene: Scene = ed.features.seen("offers")[0][1]
        assert scene.span == Span(Position(0, 1), Position(0, 2))
        [problem] = scene.problems
        assert (problem.check, problem.rule, problem.message) == ("ruff", "F821", "undefined name")
        assert problem.severity is Severity.WARNING
        assert problem.span == scene.span


async def test_an_action_carries_all_that_its_command_needs() -> None:
    features = Fakes(offered=OFFERS[:1])
    async with editor(features) as ed:
        await ed.initialize(EDITORS["Visual Studio Code"])
        ed.client.answer(await ed.client.wait_for("client/registerCapability"))
        ed.client.answer(await ed.client.wait_for("workspace/configuration"), [None])
        ed.open("abc\n")
        [action] = await ed.request("textDocument/codeAction", asking())
        assert action["kind"] == "quickfix"
        assert action["isPreferred"] is True
        assert action["tags"] == [1]
        assert action["diagnostics"] == [DIAGNOSTIC]
        ed.client.answers["window/workDoneProgress/create"] = None
        await run(ed, action["command"])
        await ed.client.wait_for("window/showMessage")
        await ed.client.wait_for("$/progress", lambda params: params["value"]["kind"] == "begin")
        await ed.client.wait_for("$/progress", lambda params: params["value"]["kind"] == "end")
        _, name, scene, arguments = ed.features.seen("run")[0]
        assert (name, arguments) == ("fix_problem", {"n": 1})
        assert scene.span == Span(Position(0, 2), Position(0, 3))
        assert len(scene.problems) == 1


async def test_an_editor_without_action_literals_gets_commands() -> None:
    async with editor(Fakes(offered=OFFERS[:1])) as ed:
        capabilities = await ed.initialize()
        assert capabilities["codeActionProvider"] is True
        ed.open("abc\n")
        [action] = await ed.request("textDocument/codeAction", asking())
        assert action["command"] == "tandem.action"


async def test_what_the_editor_did_not_announce_is_not_sent() -> None:
    async with editor(Fakes(offered=OFFERS[:1])) as ed:
        await ed.initialize({"textDocument": {"codeAction": LITERALS}})
        ed.open("abc\n")
        [action] = await ed.request("textDocument/codeAction", asking())
        assert "tags" not in action
        assert "isPreferred" not in action
        assert "disabled" not in action


# What is run


async def test_a_command_answers_before_its_task_ends() -> None:
    go = asyncio.Event()

    async def outcome() -> Refusal:
        await go.wait()
        return Refusal("No fix was found.", "Try the planner.")

    async with editor(Fakes(outcome=lambda *_: outcome())) as ed:
        await ed.initialize()
        ed.open("abc\n")
        await run(ed)
        go.set()
        shown = await ed.client.wait_for("window/showMessage")
        assert shown == {"type": 2, "message": "No fix was found. Try the planner."}


@pytest.mark.parametrize(
    "params",
    [
        {"command": "tandem.nothing"},
        {"command": "tandem.action"},
        {"command": "tandem.action", "arguments": [{"action": 1}]},
        {"command": "tandem.ask", "arguments": [{}]},
    ],
)
async def test_a_command_with_bad_arguments_is_refused(params: dict[str, Any]) -> None:
    async with editor() as ed:
        await ed.initialize()
        with pytest.raises(ServerRefused) as caught:
            await ed.request("workspace/executeCommand", params)
        assert caught.value.code == -32602


async def test_an_action_for_an_older_version_is_refused() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.open("abc\n")
        ed.change(2, replace(0, 0, 0, "x"))
        await run(ed, command(version=1))
        shown = await ed.client.wait_for("window/showMessage")
        assert "changed" in shown["message"]
        assert ed.features.seen("run") == []


async def test_an_action_on_a_document_that_is_not_open_says_so() -> None:
    async with editor() as ed:
        await ed.initialize()
        await run(ed)
        assert "Open the document" in (await ed.client.wait_for("window/showMessage"))["message"]


async def test_a_failure_meant_for_the_user_is_shown_in_its_words() -> None:
    def fail(*_: Any) -> Any:
        raise TandemError("Ollama is not there.", "Start it.")

    async with editor(Fakes(outcome=fail)) as ed:
        await ed.initialize()
        ed.open("abc\n")
        await run(ed)
        shown = await ed.client.wait_for("window/showMessage")
        assert shown == {"type": 1, "message": "Ollama is not there. Start it."}


async def test_any_other_failure_is_named_without_its_words() -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError("source text")

    async with editor(Fakes(outcome=fail)) as ed:
        await ed.initialize()
        ed.open("abc\n")
        await run(ed)
        shown = await ed.client.wait_for("window/showMessage")
        assert "source text" not in shown["message"]
        assert shown["type"] == 1


async def test_an_action_that_ends_in_a_question_asks_a_client_of_our_own_to_put_it() -> None:
    def explain(scene: Scene, *_: Any) -> AnswerOutcome:
        return AnswerOutcome(Question("Explain this.", None, scene.span))

    async with editor(Fakes(outcome=explain)) as ed:
        await ed.initialize({"experimental": {"tandem": {"questions": True}}})
        await ed.client.wait_for("tandem/status")
        ed.open("abc\n")
        await run(ed)
        assert await ed.client.wait_for("tandem/question") == {"question": "Explain this."}


# How the edit lands


async def test_an_edit_carries_the_version_and_the_proof_where_the_editor_knows_them() -> None:
    edits = {**EDITORS["Neovim 0.12"]["workspace"], "configuration": False}
    async with editor(Fakes(outcome=lambda *_: edit_of(1, proof=UNPROVEN))) as ed:
        await ed.initialize({"workspace": edits})
        ed.open("😀c\n")
        await run(ed)
        asked = await ed.client.wait_for("workspace/applyEdit")
        ed.client.answer(asked, {"applied": True})
        sent = asked["params"]
        assert sent["label"] == "Fix undefined name"
        [change] = sent["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": URI, "version": 1}
        [edit] = change["edits"]
        assert edit["range"]["end"] == {"line": 0, "character": 2}
        assert edit["newText"] == "new"
        annotation = sent["edit"]["changeAnnotations"][edit["annotationId"]]
        assert annotation["needsConfirmation"] is True
        assert annotation["description"] == UNPROVEN.sentence
        assert (await ed.client.wait_for("window/showMessage"))["message"] == UNPROVEN.sentence


async def test_an_editor_that_knows_neither_gets_plain_edits() -> None:
    async with editor(Fakes(outcome=lambda *_: edit_of(1))) as ed:
        await ed.initialize(PLAIN)
        ed.open("abc\n")
        await run(ed)
        asked = await ed.client.wait_for("workspace/applyEdit")
        ed.client.answer(asked, {"applied": True})
        assert list(asked["params"]["edit"]) == ["changes"]
        assert list(asked["params"]["edit"]["changes"]) == [URI]
        await ed.calm()


async def test_an_editor_that_never_answers_an_edit_keeps_no_task_waiting() -> None:
    features = Fakes(outcome=lambda *_: edit_of(1))
    async with editor(features) as ed:
        await ed.initialize({"workspace": {"applyEdit": False}})
        ed.open("abc\n")
        await run(ed)
        asked = await ed.client.wait_for("workspace/applyEdit")
        assert list(asked["params"]["edit"]["changes"]) == [URI]
        ed.client.unanswered.remove(asked)


async def test_an_edit_made_for_another_version_is_never_sent() -> None:
    go = asyncio.Event()

    async def outcome() -> EditOutcome:
        await go.wait()
        return edit_of(1)

    async with editor(Fakes(outcome=lambda *_: outcome())) as ed:
        await ed.initialize(PLAIN)
        ed.open("abc\n")
        await run(ed)
        ed.change(2, replace(0, 0, 0, "x"))
        await ed.settle()
        go.set()
        shown = await ed.client.wait_for("window/showMessage")
        assert "nothing was edited" in shown["message"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ({"applied": False, "failureReason": "stale"}, "stale"),
        ({"applied": False}, "not made"),
        (None, "could not make the edit"),
    ],
)
async def test_a_refused_edit_is_reported(reply: Any, said: str) -> None:
    async with editor(Fakes(outcome=lambda *_: edit_of(1))) as ed:
        await ed.initialize(PLAIN)
        ed.open("abc\n")
        await run(ed)
        ed.client.answer(await ed.client.wait_for("workspace/applyEdit"), reply)
        assert said in (await ed.client.wait_for("window/showMessage"))["message"]


async def test_an_edit_outside_the_workspace_is_never_sent(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "b.py").write_text("b\n")
    (inside / "link.py").symlink_to(outside / "b.py")
    for path in (outside / "b.py", inside / "link.py", inside / ".." / "out" / "b.py"):
        outcome = edit_of(None, str(path))
        async with editor(Fakes(outcome=lambda *_, outcome=outcome: outcome)) as ed:
            await ed.initialize(PLAIN, rootUri=inside.as_uri())
            ed.open("abc\n")
            await run(ed)
            shown = await ed.client.wait_for("window/showMessage")
            assert "outside the workspace" in shown["message"]


async def test_a_file_that_is_not_open_is_edited_by_what_stands_on_disk(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("😀b\n", encoding="utf-8")
    outcome = edit_of(None, str(tmp_path / "b.py"))
    async with editor(Fakes(outcome=lambda *_: outcome)) as ed:
        await ed.initialize(PLAIN, rootUri=tmp_path.as_uri())
        ed.open("abc\n")
        await run(ed)
        asked = await ed.client.wait_for("workspace/applyEdit")
        ed.client.answer(asked, {"applied": True})
        [edits] = asked["params"]["edit"]["changes"].values()
        assert edits[0]["range"]["end"] == {"line": 0, "character": 2}
        await ed.calm()


async def test_a_new_file_is_made_where_the_editor_can(tmp_path: Path) -> None:
    outcome = edit_of(None, str(tmp_path / "test_new.py"), creates=True)
    workspace = {**EDITORS["helix"]["workspace"], "configuration": False}
    del workspace["didChangeWatchedFiles"]
    async with editor(Fakes(outcome=lambda *_: outcome)) as ed:
        await ed.initialize({"workspace": workspace}, rootUri=tmp_path.as_uri())
        ed.open("abc\n")
        await run(ed)
        asked = await ed.client.wait_for("workspace/applyEdit")
        ed.client.answer(asked, {"applied": True})
        create, change = asked["params"]["edit"]["documentChanges"]
        assert create["kind"] == "create"
        assert create["uri"] == change["textDocument"]["uri"]
        assert change["textDocument"]["version"] is None
        await ed.calm()


async def test_an_editor_that_cannot_edit_gets_a_patch(tmp_path: Path) -> None:
    features = Fakes(outcome=lambda *_: edit_of(1), answers_folder=tmp_path)
    async with editor(features) as ed:
        await ed.initialize()
        ed.open("abc\n")
        await run(ed)
        shown = await ed.client.wait_for("window/showMessage")
    patch = patch_in(tmp_path)
    assert str(patch) in shown["message"]
    assert patch.read_text().endswith("@@ -1 +1 @@\n-abc\n+newbc\n")


async def test_the_patch_of_a_new_file_begins_with_nothing(tmp_path: Path) -> None:
    outcome = edit_of(None, str(tmp_path / "new.py"), creates=True)
    folder = tmp_path / "answers"
    async with editor(Fakes(outcome=lambda *_: outcome, answers_folder=folder)) as ed:
        await ed.initialize(PLAIN, rootUri=tmp_path.as_uri())
        ed.open("abc\n")
        await run(ed)
        await ed.client.wait_for("window/showMessage")
    patch = patch_in(folder)
    assert "--- /dev/null" in patch.read_text()
    assert patch.read_text().endswith("+new\n\\ No newline at end of file\n")
    assert not (tmp_path / "new.py").exists()


# Choosing between edits


CHOICE = Choice(
    (edit_of(1), dataclasses.replace(edit_of(1), proof=dataclasses.replace(PROVEN, engine="oss")))
)


@pytest.mark.parametrize(
    "answer", [{"title": "oss: Fix undefined name"}, {"title": "Neither"}, None]
)
async def test_of_two_edits_the_chosen_one_is_made_or_none(answer: dict[str, str] | None) -> None:
    async with editor(Fakes(outcome=lambda *_: CHOICE)) as ed:
        await ed.initialize(PLAIN)
        ed.open("abc\n")
        await run(ed)
        asked = await ed.client.wait_for("window/showMessageRequest")
        titles = [action["title"] for action in asked["params"]["actions"]]
        assert titles == ["glm: Fix undefined name", "oss: Fix undefined name", "Neither"]
        ed.client.answer(asked, answer)
        if answer == {"title": "oss: Fix undefined name"}:
            edit = await ed.client.wait_for("workspace/applyEdit")
            ed.client.answer(edit, {"applied": True})
        await ed.calm()


async def test_a_patch_is_shown_where_the_editor_shows_documents(tmp_path: Path) -> None:
    features = Fakes(outcome=lambda *_: edit_of(1), answers_folder=tmp_path)
    capabilities = {
        "window": {"showDocument": {"support": True}},
        "workspace": {"textDocumentContent": {}},
    }
    async with editor(features) as ed:
        await ed.initialize(capabilities)
        ed.open("abc\n")
        await run(ed)
        asked = await ed.client.wait_for("window/showDocument")
        uri = asked["params"]["uri"]
        ed.client.answer(asked, {"success": True})
        ed.client.answer(await ed.client.wait_for("workspace/textDocumentContent/refresh"))
        text = (await ed.request("workspace/textDocumentContent", {"uri": uri}))["text"]
        assert "```diff\n" in text
        assert str(patch_in(tmp_path)) in text
        assert PROVEN.sentence in text


# What the editor shows as wrong, for clients that tell it

TELLS: dict[str, Any] = {"experimental": {"tandem": {"diagnostics": True}}}


async def shown_to_the_action(answer: Any, capabilities: dict[str, Any] = TELLS) -> list[str]:
    """Run an action in a client that answers so; return the messages that the action was told."""
    fakes = Fakes()
    async with editor(fakes) as ed:
        ed.client.answers["tandem/diagnostics"] = answer
        await ed.initialize(capabilities)
        await ed.client.wait_for("tandem/status")
        ed.open("abc\n", version=7)
        await run(ed, command(version=7))
        await ed.client.wait_for("window/showMessage")
    [scene] = [entry[2] for entry in fakes.log if entry[0] == "run"]
    return [problem.message for problem in scene.shown]


async def test_an_action_is_told_what_the_client_shows_in_this_version() -> None:
    asked = list[Any]()

    def answer(params: Any) -> Any:
        asked.append(params)
        return {"version": 7, "diagnostics": [DIAGNOSTIC]}

    assert await shown_to_the_action(answer) == ["undefined name"]
    assert asked == [{"textDocument": {"uri": URI}}]


@pytest.mark.parametrize(
    "answer", [{"version": 6, "diagnostics": [DIAGNOSTIC]}, None, {"version": "new"}, []]
)
async def test_diagnostics_of_another_version_or_of_no_shape_are_left_out(answer: Any) -> None:
    assert await shown_to_the_action(answer) == []


async def test_a_client_that_does_not_tell_diagnostics_is_not_asked() -> None:
    ours: dict[str, Any] = {"experimental": {"tandem": {}}}
    assert await shown_to_the_action({"version": 7, "diagnostics": [DIAGNOSTIC]}, ours) == []
