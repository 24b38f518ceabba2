from pathlib import Path

import pytest

from lsp_server.common.blocks import Block, Depth, Packed
from lsp_server.common.text import Position, Span
from lsp_server.config.settings import AskSettings, Settings
from lsp_server.features.ask import Ask
from lsp_server.features.citations import cited_paths
from lsp_server.features.values import AnswerPart, PartKind, Question
from lsp_server.models.api import Event, Finish, Outcome, Role, Text, Thinking
from lsp_server.models.errors import StreamBroken
from tests.features.workshop import GivenContext, Messages, workshop
from tests.fixture import parse_fixture
from tests.models.scripted import Answer, ScriptedModel, ScriptedModels

SPAN = Span(Position(2, 0), Position(4, 0))
BLOCK = Block("pkg/store.py", SPAN, "def put(key):\n    ...\n", 8, Depth.SIGNATURE, "named `put`")
EVIDENCE = Packed("# map\n", (BLOCK,), "", "", 20, "pkg/store.py: put, get\n")


def make(
    root: Path,
    *,
    packed: Packed = EVIDENCE,
    models: ScriptedModels | None = None,
    settings: Settings | None = None,
) -> Ask:
    path = root / "pkg/store.py"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    return Ask(workshop(root, models, context=GivenContext(packed), settings=settings))


def planner(*answers: Answer) -> ScriptedModels:
    return ScriptedModels(planner=ScriptedModel(Role.PLANNER, answers))


async def parts_of(ask: Ask, question: Question | None = None) -> list[AnswerPart]:
    asked = question or Question("How are keys stored?")
    return [part async for part in ask.answer(asked, Messages())]


def texts(parts: list[AnswerPart], kind: PartKind) -> str:
    return "".join(part.text for part in parts if part.kind is kind)


async def test_the_reasoning_comes_apart_from_the_answer(tmp_path: Path) -> None:
    events: list[Event] = [Thinking("hm"), Text("By `pkg/store.py:3`."), Finish(Outcome.STOP)]
    parts = await parts_of(make(tmp_path, models=planner(events)))
    assert texts(parts, PartKind.THINKING) == "hm"
    assert texts(parts, PartKind.TEXT) == "By `pkg/store.py:3`."
    assert texts(parts, PartKind.NOTE) == ""


async def test_the_planner_sees_the_evidence_and_the_selection(tmp_path: Path) -> None:
    models = planner("So.")
    fixture = parse_fixture("//- pkg/store.py\n$0x = 1$0\n")
    place = fixture.place(tmp_path)
    await parts_of(make(tmp_path, models=models), Question("Why?", place, fixture.span))
    assert models.planner is not None
    prompt = models.planner.requests[0].prompt
    assert "def put(key):" in prompt.context
    tail = getattr(prompt, "tail", "")
    assert "pkg/store.py, from line 1:\n```python\nx = 1\n```" in tail
    assert "Why?" in tail


async def test_in_a_pause_the_planner_reads_what_every_question_begins_with(
    tmp_path: Path,
) -> None:
    models = planner("So.")
    ask = make(tmp_path, models=models)
    await ask.warm_up()
    await parts_of(ask)
    assert models.planner is not None
    [warmed], [request] = models.planner.warmed, models.planner.requests
    assert "# map" in warmed.context
    assert request.prompt.context.startswith(warmed.context)


async def test_a_model_that_plays_both_roles_is_left_to_typing(tmp_path: Path) -> None:
    both = ScriptedModel(Role.PLANNER, ["So."]), ScriptedModel(Role.EXECUTOR, ["pass"])
    ask = make(tmp_path, models=ScriptedModels(planner=both[0], executor=both[1]))
    await ask.warm_up()
    assert both[0].warmed == []


async def test_files_that_do_not_exist_are_named_in_a_note(tmp_path: Path) -> None:
    parts = await parts_of(
        make(tmp_path, models=planner("See `pkg/store.py` and `pkg/made_up.py`."))
    )
    assert texts(parts, PartKind.NOTE) == "Not found in the workspace: `pkg/made_up.py`."


async def test_without_a_planner_the_executor_answers_and_it_is_said(tmp_path: Path) -> None:
    models = ScriptedModels(executor=ScriptedModel(Role.EXECUTOR, ["So."]))
    parts = await parts_of(make(tmp_path, models=models))
    assert texts(parts, PartKind.TEXT) == "So."
    assert "no planner is there" in texts(parts, PartKind.NOTE)


def stood_in_for() -> ScriptedModels:
    return ScriptedModels(
        planner=ScriptedModel(Role.PLANNER, ["Quick."], name="glm"),
        later_planner=ScriptedModel(Role.PLANNER, ["Thorough."], name="gpt"),
    )


async def test_who_stands_in_for_the_planner_is_said_with_what_to_do(tmp_path: Path) -> None:
    parts = await parts_of(make(tmp_path, models=stood_in_for()))
    assert texts(parts, PartKind.TEXT) == "Quick."
    note = texts(parts, PartKind.NOTE)
    assert "Answered by glm" in note
    assert "with ask.planner_follows gpt answers, too" in note


async def test_the_planner_follows_where_the_user_wants_it(tmp_path: Path) -> None:
    settings = Settings(ask=AskSettings(planner_follows=True))
    parts = await parts_of(make(tmp_path, models=stood_in_for(), settings=settings))
    assert texts(parts, PartKind.TEXT) == "Quick.\n\n---\n\n**gpt**\n\nThorough."


async def test_without_a_model_the_answer_is_the_evidence_with_links(tmp_path: Path) -> None:
    answer = texts(await parts_of(make(tmp_path)), PartKind.TEXT)
    uri = (tmp_path / "pkg/store.py").as_uri()
    assert answer.startswith("No model was used")
    assert f"[Lines 3 to 5]({uri}#L3), named `put`:" in answer
    assert "def put(key):" in answer
    assert "## Map of the workspace" in answer


async def test_without_a_model_and_evidence_the_user_is_told_what_to_name(tmp_path: Path) -> None:
    empty = Packed("", (), "", "", 0, "pkg/store.py: put, get\n")
    answer = texts(await parts_of(make(tmp_path, packed=empty)), PartKind.TEXT)
    assert "nothing in the workspace matches" in answer
    assert "pkg/store.py: put, get" in answer.partition("## Map of the workspace")[2]


async def test_a_model_that_fails_at_once_gives_way_to_the_evidence(tmp_path: Path) -> None:
    parts = await parts_of(make(tmp_path, models=planner(StreamBroken("The stream broke."))))
    assert "The stream broke." in texts(parts, PartKind.NOTE)
    assert "def put(key):" in texts(parts, PartKind.TEXT)


@pytest.mark.parametrize(
    ("outcome", "words"), [(Outcome.LENGTH, "ask.max_tokens"), (Outcome.NO_DONE, "proper end")]
)
async def test_an_answer_that_did_not_end_says_so(
    tmp_path: Path, outcome: Outcome, words: str
) -> None:
    events: list[Event] = [Text("So"), Finish(outcome)]
    parts = await parts_of(make(tmp_path, models=planner(events)))
    assert words in texts(parts, PartKind.NOTE)


async def test_closing_the_answer_closes_the_model(tmp_path: Path) -> None:
    models = planner("one\ntwo\n")
    answer = make(tmp_path, models=models).answer(Question("?"), Messages())
    await anext(answer)
    await answer.aclose()
    assert models.planner is not None
    assert models.planner.cancelled == 1


def test_paths_are_found_in_prose_and_not_in_code_or_addresses() -> None:
    answer = (
        "See `a.py`, src/b.ts:12 and [c](pkg/c.go#L3), `os.path`, e.g. this, https://x.org/d.py.\n"
        "```python\nopen('e/f.py')\n```\n"
    )
    assert cited_paths(answer) == ["a.py", "src/b.ts", "pkg/c.go"]


async def test_a_selection_in_a_secret_file_is_kept_from_the_model(tmp_path: Path) -> None:
    models = planner("So.")
    fixture = parse_fixture("//- .env\n$0TOKEN=hunter2$0\n")
    question = Question("Why?", fixture.place(tmp_path), fixture.span)
    parts = await parts_of(make(tmp_path, models=models), question)
    assert models.planner is not None
    assert "hunter2" not in str(models.planner.requests[0].prompt)
    assert ".env may hold secrets" in texts(parts, PartKind.NOTE)
