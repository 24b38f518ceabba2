"""Answers in the four ways that editors can take them."""

import asyncio
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.cli.client import ServerRefused
from lsp_server.common.edits import apply_edits
from lsp_server.common.errors import TandemError
from lsp_server.common.text import split_lines
from lsp_server.features.values import AnswerPart, PartKind, Question
from lsp_server.protocol.answers.text import AnswerText
from lsp_server.protocol.answers.written import tail_edit
from tests.protocol.client import URI, Editor, editor, replace
from tests.protocol.fakes import Fakes

THINKING = AnswerPart(PartKind.THINKING, "Hm. ")
NOTE = AnswerPart(PartKind.NOTE, "No model was used.")
PARTS = [THINKING, AnswerPart(PartKind.TEXT, "It is "), AnswerPart(PartKind.TEXT, "so."), NOTE]
SHOWS: dict[str, Any] = {"window": {"showDocument": {"support": True}}}
SERVED: dict[str, Any] = {**SHOWS, "workspace": {"textDocumentContent": {}}}
FILES: dict[str, Any] = {**SHOWS, "workspace": {"applyEdit": True}}
ASK = {"command": "tandem.ask", "arguments": [{"question": "Why is\nit so?"}]}


class Gate:
    """Holds an answer before its second part until the test opens it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.reached = asyncio.Event()

    async def wait(self) -> None:
        self.reached.set()
        await self.open.wait()


def path_of(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# Tier A: a client of our own


async def test_parts_stream_under_the_client_s_token_and_the_result_is_whole() -> None:
    async with editor(Fakes(parts=PARTS)) as ed:
        await ed.initialize()
        ed.open("😀b\n")
        params = {
            "question": "Why?",
            "textDocument": {"uri": URI},
            "position": {"line": 0, "character": 2},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 2}},
            "history": [{"question": "What?", "answer": "That."}],
            "partialResultToken": "t1",
        }
        result = await ed.request("tandem/ask", params)
        assert result == {
            "answer": "It is so.",
            "thinking": "Hm. ",
            "notes": "No model was used.",
        }
        streamed: dict[str, str] = {}
        while {"thinking", "text", "note"} - streamed.keys() or streamed["text"] != "It is so.":
            progress = await ed.client.wait_for("$/progress")
            assert progress["token"] == params["partialResultToken"]
            part = progress["value"]
            streamed[part["kind"]] = streamed.get(part["kind"], "") + part["text"]
        assert streamed == {"thinking": "Hm. ", "text": "It is so.", "note": NOTE.text}
        question: Question = ed.features.seen("ask")[0][1]
        assert question.place is not None
        assert question.place.position.column == 1
        assert question.selection is not None
        assert question.selection.end.column == 1
        assert [turn.answer for turn in question.history] == ["That."]


async def test_without_a_token_nothing_is_streamed() -> None:
    async with editor(Fakes(parts=PARTS)) as ed:
        await ed.initialize()
        result = await ed.request("tandem/ask", {"question": "Why?"})
        assert result["answer"] == "It is so."


@pytest.mark.parametrize("question", ["", " \n", 42, None, ["Why?"]])
async def test_a_question_that_is_empty_or_no_text_is_refused(question: Any) -> None:
    async with editor(Fakes(parts=PARTS)) as ed:
        await ed.initialize()
        for method, params in (
            ("tandem/ask", {"question": question}),
            (
                "workspace/executeCommand",
                {"command": "tandem.ask", "arguments": [{"question": question}]},
            ),
        ):
            with pytest.raises(ServerRefused) as caught:
                await ed.request(method, params)
            assert caught.value.code == -32602
        assert ed.features.seen("ask") == []


async def test_the_client_s_progress_token_is_used() -> None:
    async with editor(Fakes(parts=PARTS)) as ed:
        await ed.initialize()
        await ed.request("tandem/ask", {"question": "Why?", "workDoneToken": 7})
        kinds: list[str] = []
        while kinds[-1:] != ["end"]:
            progress = await ed.client.wait_for("$/progress")
            assert progress["token"] == 7
            kinds.append(progress["value"]["kind"])
        assert kinds == ["begin", "report", "end"]


@pytest.mark.parametrize("how", ["request", "progress"])
async def test_cancel_ends_the_answer(how: str) -> None:
    gate = Gate()
    async with editor(Fakes(parts=PARTS, between_parts=gate.wait)) as ed:
        await ed.initialize()
        params = {"question": "Why?", "workDoneToken": "w"}
        number, future = ed.client.start("tandem/ask", params)
        await gate.reached.wait()
        if how == "request":
            ed.client.cancel(number)
        else:
            ed.notify("window/workDoneProgress/cancel", {"token": "w"})
        with pytest.raises(ServerRefused) as caught:
            await future
        assert caught.value.code == -32800
        await ed.until(lambda: bool(ed.features.seen("answered")))
        for _ in ("begin", "report", "end"):
            assert (await ed.client.wait_for("$/progress")).keys() == {"token", "value"}


# Tier B: documents that the server serves


async def fetch(ed: Editor, uri: str) -> str:
    result = await ed.request("workspace/textDocumentContent", {"uri": uri})
    text: str = result["text"]
    return text


async def start_served(ed: Editor) -> str:
    await ed.initialize(SERVED)
    assert await ed.request("workspace/executeCommand", ASK) is None
    asked = await ed.client.wait_for("window/showDocument")
    assert asked["params"]["selection"]["start"] == {"line": 0, "character": 0}
    ed.client.answer(asked, {"success": True})
    uri: str = asked["params"]["uri"]
    return uri


async def test_a_served_answer_grows_and_is_fetched_anew() -> None:
    gate = Gate()
    async with editor(Fakes(parts=PARTS, between_parts=gate.wait)) as ed:
        uri = await start_served(ed)
        assert uri.startswith("tandem-answer:/")
        assert await fetch(ed, uri) == "# Why is it so?\n\n*Thinking…*\n"
        gate.open.set()
        texts = [""]
        while "</details>" not in texts[-1]:
            refresh = await ed.client.wait_for("workspace/textDocumentContent/refresh")
            assert refresh["params"] == {"uri": uri}
            texts.append(await fetch(ed, uri))
            ed.client.answer(refresh)
        assert texts[-1].startswith("# Why is it so?\n\nIt is so.\n\n> No model was used.\n")
        await ed.calm()
        for left in list(ed.client.unanswered):
            ed.client.answer(left)


async def test_closing_the_served_document_ends_the_work() -> None:
    gate = Gate()
    async with editor(Fakes(parts=PARTS, between_parts=gate.wait)) as ed:
        uri = await start_served(ed)
        await gate.reached.wait()
        ed.open("x", uri=uri)
        ed.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        await ed.until(lambda: bool(ed.features.seen("answered")))
        refresh = await ed.client.wait_for("workspace/textDocumentContent/refresh")
        ed.client.answer(refresh)
        assert "*Stopped.*" in await fetch(ed, uri)
        assert ed.features.seen("opened") == []


async def test_an_answer_that_is_not_kept_says_so() -> None:
    async with editor() as ed:
        await ed.initialize(SERVED)
        assert "Ask again" in await fetch(ed, "tandem-answer:/answer/none.md")


async def test_a_failure_stands_in_the_answer_and_is_shown() -> None:
    class Failing(Fakes):
        async def answer(self, question: Any, progress: Any) -> Any:
            yield PARTS[1]
            raise TandemError("The planner is gone.", "Ask again.")

    async with editor(Failing()) as ed:
        uri = await start_served(ed)
        assert (await ed.client.wait_for("window/showMessage"))["type"] == 1
        ed.client.answer(await ed.client.wait_for("workspace/textDocumentContent/refresh"))
        text = await fetch(ed, uri)
        assert "It is" in text
        assert "**The planner is gone. Ask again.**" in text


# Tier C: a file that grows by edits


class Buffer:
    """The editor's side of an answer's file: opens it, applies edits, and `tells` of it or not."""

    def __init__(self, ed: Editor, *, tells: bool = True) -> None:
        self.ed = ed
        self.tells = tells
        self.text = ""
        self.version = 1
        self.uri = ""

    async def show(self) -> None:
        asked = await self.ed.client.wait_for("window/showDocument")
        self.uri = asked["params"]["uri"]
        self.text = read(path_of(self.uri))
        if self.tells:
            self.ed.open(self.text, uri=self.uri, language="markdown")
        self.ed.client.answer(asked, {"success": True})

    async def take_edit(self, *, applied: bool = True) -> None:
        asked = await self.ed.client.wait_for("workspace/applyEdit")
        [edit] = asked["params"]["edit"]["changes"][self.uri]
        if applied:
            lines = split_lines(self.text)
            start = edit["range"]["start"]
            kept = "".join(lines[: start["line"]]) + lines[start["line"]][: start["character"]]
            self.text = kept + edit["newText"]
            self.version += 1
            change = {"range": edit["range"], "text": edit["newText"]}
            if self.tells:
                self.ed.change(self.version, change, uri=self.uri)
        self.ed.client.answer(asked, {"applied": applied})


async def test_an_answer_file_is_private_and_grows_in_the_editor(tmp_path: Path) -> None:
    gate = Gate()
    folder = tmp_path / "answers"
    features = Fakes(parts=PARTS, between_parts=gate.wait, answers_folder=folder)
    async with editor(features) as ed:
        await ed.initialize(FILES)
        await ed.request("workspace/executeCommand", ASK)
        buffer = Buffer(ed)
        await buffer.show()
        assert "*Thinking…*" in buffer.text
        path = path_of(buffer.uri)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        gate.open.set()
        while "</details>" not in buffer.text:
            await buffer.take_edit()
        assert buffer.text.startswith("# Why is it so?\n\nIt is so.\n\n> No model was used.\n")
        await ed.calm()
        assert "*Thinking…*" in read(path)


@pytest.mark.parametrize("why", ["refused", "changed by the user"])
async def test_what_the_editor_does_not_take_is_in_the_file(why: str, tmp_path: Path) -> None:
    gate = Gate()
    features = Fakes(parts=PARTS, between_parts=gate.wait, answers_folder=tmp_path)
    async with editor(features) as ed:
        await ed.initialize(FILES)
        await ed.request("workspace/executeCommand", ASK)
        buffer = Buffer(ed)
        await buffer.show()
        if why != "refused":
            ed.change(2, replace(0, 0, 0, "mine "), uri=buffer.uri)
            await ed.settle()
        gate.open.set()
        if why == "refused":
            await buffer.take_edit(applied=False)
        shown = await ed.client.wait_for("window/showMessage")
        path = path_of(buffer.uri)
        assert str(path) in shown["message"]
        assert "It is so." in read(path)


async def test_a_file_that_the_editor_shows_without_telling_us_grows_too(tmp_path: Path) -> None:
    gate = Gate()
    features = Fakes(parts=PARTS, between_parts=gate.wait, answers_folder=tmp_path)
    async with editor(features) as ed:
        await ed.initialize(FILES)
        await ed.request("workspace/executeCommand", ASK)
        buffer = Buffer(ed, tells=False)
        await buffer.show()
        gate.open.set()
        while "</details>" not in buffer.text:
            await buffer.take_edit()
        assert buffer.text.startswith("# Why is it so?\n\nIt is so.\n\n> No model was used.\n")
        await ed.calm()
        assert "*Thinking…*" in read(path_of(buffer.uri))


async def test_a_file_that_the_user_closes_is_written_and_not_opened_anew(tmp_path: Path) -> None:
    gate = Gate()
    features = Fakes(parts=PARTS, between_parts=gate.wait, answers_folder=tmp_path)
    async with editor(features) as ed:
        await ed.initialize(FILES)
        await ed.request("workspace/executeCommand", ASK)
        buffer = Buffer(ed)
        await buffer.show()
        await ed.settle()
        ed.notify("textDocument/didClose", {"textDocument": {"uri": buffer.uri}})
        await ed.settle()
        gate.open.set()
        await ed.until(lambda: "</details>" in read(path_of(buffer.uri)))


async def test_a_file_that_the_editor_does_not_open_is_written(tmp_path: Path) -> None:
    async with editor(Fakes(parts=PARTS, answers_folder=tmp_path)) as ed:
        await ed.initialize(FILES)
        await ed.request("workspace/executeCommand", ASK)
        asked = await ed.client.wait_for("window/showDocument")
        ed.client.answer(asked, {"success": False})
        path = path_of(asked["params"]["uri"])
        await ed.until(lambda: "</details>" in read(path))


# Tier D: a message


async def test_an_editor_that_shows_nothing_gets_a_message_and_a_file(tmp_path: Path) -> None:
    long = [AnswerPart(PartKind.TEXT, "word " * 100)]
    async with editor(Fakes(parts=long, answers_folder=tmp_path)) as ed:
        await ed.initialize()
        await ed.request("workspace/executeCommand", ASK)
        shown = await ed.client.wait_for("window/showMessage")
        name = shown["message"].rsplit("\n", 1)[1].removeprefix("The whole answer: ")
        assert len(shown["message"]) < 330 + len(name)
        assert read(Path(name)).count("word") == 100


async def test_answers_of_last_month_are_removed(tmp_path: Path) -> None:
    names = ("old.md", "old.diff", "old.txt", "new.md")
    for name in names:
        (tmp_path / name).write_text("x")
        if name.startswith("old"):
            os.utime(tmp_path / name, (0, 0))
    async with editor(Fakes(answers_folder=tmp_path)) as ed:
        await ed.initialize()
        await ed.request("workspace/executeCommand", ASK)
        await ed.client.wait_for("window/showMessage")
    left = names_in(tmp_path)
    assert left & set(names) == {"old.txt", "new.md"}
    assert len(left) == 3


async def test_a_client_with_a_view_is_asked_to_put_the_question() -> None:
    async with editor() as ed:
        await ed.initialize({"experimental": {"tandem": {"questions": True}}})
        await ed.client.wait_for("tandem/status")
        ed.open("😀b\n")
        argument = {
            "question": "Why?",
            "textDocument": {"uri": URI},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 2}},
        }
        params = {"command": "tandem.ask", "arguments": [argument]}
        assert await ed.request("workspace/executeCommand", params) is None
        question = await ed.client.wait_for("tandem/question")
        assert question == {**argument, "position": {"line": 0, "character": 2}}
        assert ed.features.seen("ask") == []


# The text


def test_reasoning_is_folded_behind_the_finished_answer() -> None:
    text = AnswerText("Why?")
    text.add(THINKING)
    assert text.markdown() == "# Why?\n\n*Thinking…*\n"
    text.add(PARTS[1])
    assert "Hm." not in text.markdown()
    text.finish()
    assert text.whole().endswith(
        "It is \n\n<details><summary>Reasoning</summary>\n\nHm.\n\n</details>\n"
    )


@given(st.text("ab\n\r", max_size=20), st.text("ab\n\r", max_size=20))
def test_the_edit_of_a_tail_makes_the_wanted_text(before: str, wanted: str) -> None:
    lines = split_lines(before)
    assert apply_edits(lines, [tail_edit(lines, wanted)]).replace("\r\n", "\n") == wanted.replace(
        "\r\n", "\n"
    )
