import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.common.problems import Problem, Severity
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position, Span
from lsp_server.features.actions.registry import Actions
from lsp_server.features.values import (
    BUILT_IN,
    EditOutcome,
    Refusal,
    Scene,
    TaskOutcome,
    Verdict,
)
from lsp_server.models.api import Event, Finish, Outcome, Request, Role, Text
from lsp_server.models.builtin.repair import candidates
from lsp_server.models.errors import Unreachable
from tests.checks.support import fingerprint
from tests.features.workshop import FolderWorkspace, Messages, result_of, workshop
from tests.models.scripted import Answers, ScriptedModel, ScriptedModels

CODE = "import os\n\n\ndef double(value):\n    return valeu * 2\n\n\nprint(os.name)\n"
RIGHT = "```python\ndef double(value):\n    return value * 2\n```"
WRONG = "```python\ndef double(value):\n    return vale * 2\n```"
WORSE = "```python\ndef double(value):\n    return vale * two\n```"
STUMBLING = '''class Track:
    """A thread that counts."""

    def __init__(self, task: list[str], delay: float)
        self.task = task
        self.delay = delay

    def __exit__(
        self,
        kind: type | None,
        value: BaseException | None,
    ) -> None:
        self.task.clear()


def track(
    items: list[int],
    total: float | None = None,
    shown: bool = True,
) -> None:
    """Count `items`."""
'''
BROKEN = "```python\ndef double(value:\n    return value * 2\n```"


def snapshot(root: Path, text: str = CODE, version: int = 1) -> Snapshot:
    return Snapshot.of_text(text, language="python", path=root / "a.py", version=version)


def scene(root: Path, text: str = CODE, line: int = 4) -> Scene:
    at = Position(line, 0)
    return Scene(snapshot(root, text), Span(at, at))


async def fix(root: Path, answers: Answers, text: str = CODE) -> tuple[TaskOutcome, ScriptedModel]:
    model = ScriptedModel(Role.EXECUTOR, answers)
    actions = Actions(workshop(root, ScriptedModels(executor=model)))
    return await actions.run("fix", scene(root, text), {}, Messages()), model


async def test_a_right_answer_is_offered_with_its_proof(tmp_path: Path) -> None:
    outcome, model = await fix(tmp_path, [RIGHT])
    assert result_of(outcome, snapshot(tmp_path)) == CODE.replace("valeu", "value")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.PROVEN
    assert outcome.proof.rounds == 1
    assert outcome.proof.sentence == "syntax, python, ruff and imports: 1 problem gone, none new"
    assert "valeu" in outcome.label
    assert len(model.requests) == 1


@pytest.mark.parametrize("first", [WRONG, BROKEN, "I do not know."])
async def test_a_wrong_answer_is_sent_back_with_what_is_wrong(tmp_path: Path, first: str) -> None:
    outcome, model = await fix(tmp_path, [first, RIGHT])
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.rounds == 2
    second = _tail(model.requests[1])
    assert second.startswith(_tail(model.requests[0]))
    assert "What is wrong with it" in second


async def test_the_model_is_told_the_new_problem_with_its_line(tmp_path: Path) -> None:
    _, model = await fix(tmp_path, [WRONG, RIGHT])
    assert "line 5" in _tail(model.requests[1])
    assert "`vale`" in _tail(model.requests[1])


async def test_three_rounds_are_the_most(tmp_path: Path) -> None:
    answers = [WRONG.replace("vale", name) for name in ("one", "two", "three", "four")]
    outcome, model = await fix(tmp_path, answers)
    assert isinstance(outcome, Refusal)
    assert outcome.sentence == "The checks do not agree after 3 rounds."
    assert "three" in outcome.advice
    assert len(model.requests) == 3


async def test_a_repeated_answer_ends_the_loop(tmp_path: Path) -> None:
    outcome, model = await fix(tmp_path, [WRONG, WRONG, RIGHT])
    assert isinstance(outcome, Refusal)
    assert "repeated" in outcome.sentence
    assert len(model.requests) == 2


async def test_answers_that_become_worse_end_the_loop(tmp_path: Path) -> None:
    outcome, model = await fix(tmp_path, [WRONG, WORSE, RIGHT])
    assert isinstance(outcome, Refusal)
    assert "worse" in outcome.sentence
    assert len(model.requests) == 2


async def test_an_unreadable_answer_is_sent_back_once_only(tmp_path: Path) -> None:
    outcome, model = await fix(tmp_path, ["No.", "No!", RIGHT])
    assert isinstance(outcome, Refusal)
    assert "no code" in outcome.sentence
    assert len(model.requests) == 2


async def test_an_answer_that_was_cut_is_not_applied(tmp_path: Path) -> None:
    cut: list[Event] = [Text(RIGHT), Finish(Outcome.LENGTH)]
    outcome, _ = await fix(tmp_path, [cut, cut])
    assert isinstance(outcome, Refusal)
    assert "cut" in outcome.sentence


async def test_nothing_is_written_to_the_tree(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CODE)
    before = fingerprint(tmp_path)
    await fix(tmp_path, [WRONG, RIGHT])
    assert fingerprint(tmp_path) == before


async def test_where_nothing_is_wrong_no_model_is_asked(tmp_path: Path) -> None:
    outcome, model = await fix(tmp_path, [RIGHT], text=CODE.replace("valeu", "value"))
    assert isinstance(outcome, Refusal)
    assert "Nothing is wrong here" in outcome.sentence
    assert model.requests == []


async def test_progress_says_which_round_and_what_was_found(tmp_path: Path) -> None:
    model = ScriptedModel(Role.EXECUTOR, [WRONG, RIGHT])
    messages = Messages()
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    await actions.run("fix", scene(tmp_path), {}, messages)
    assert "Round 1 of 3: scripted is writing (1 line)" in messages.said
    assert any(said.startswith("Round 1 of 3: Undefined name") for said in messages.said)
    assert "Round 2 of 3: checking with syntax, python, ruff and imports" in messages.said


INVENTED = """```python
import os

import magic_doubler


def double(value):
    return magic_doubler.double(value)


print(os.name)
```"""


async def test_an_invented_package_is_sent_back(tmp_path: Path) -> None:
    outcome, model = await fix(tmp_path, [INVENTED, RIGHT])
    assert result_of(outcome, snapshot(tmp_path)) == CODE.replace("valeu", "value")
    assert "'magic_doubler' is in neither" in _tail(model.requests[1])


async def test_an_invented_package_that_stays_is_named_in_the_title(tmp_path: Path) -> None:
    insists = [INVENTED, INVENTED.replace("(value)\n\n", "(1 * value)\n\n"), INVENTED]
    outcome, _ = await fix(tmp_path, insists)
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.UNPROVEN
    assert "'magic_doubler' is neither installed nor declared" in outcome.label


async def test_a_problem_that_no_check_sees_makes_the_fix_unproven(tmp_path: Path) -> None:
    text = "def double(value):\n    return value * 2\n"
    shown = Problem("pyright", "reportX", "odd", Span(Position(1, 4), Position(1, 10)))
    model = ScriptedModel(
        Role.EXECUTOR, ["```python\ndef double(value):\n    return 2 * value\n```"]
    )
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    asked = Scene(snapshot(tmp_path, text), shown.span, (shown,))
    (offer, *_) = actions.offers(asked)
    outcome = await actions.run(offer.action, asked, offer.arguments, Messages())
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.UNPROVEN
    assert "pyright's problem is seen by no check here" in outcome.label


class Edits:
    """A workspace in which the user types while the model writes."""

    def __init__(self, root: Path, typed: str, says: str) -> None:
        self.workspace = FolderWorkspace(root)
        self.root, self.typed, self.says = root, typed, says
        self.asked = 0

    def answer(self, request: Request) -> str:
        latest = snapshot(self.root, self.typed, version=2)
        self.workspace.documents[latest.uri] = latest
        self.asked += 1
        return self.says


async def typed_meanwhile(
    root: Path, typed: str, says: str = RIGHT
) -> tuple[TaskOutcome, Snapshot]:
    edits = Edits(root, typed, says)
    model = ScriptedModel(Role.EXECUTOR, edits.answer)
    shop = workshop(root, ScriptedModels(executor=model), workspace=edits.workspace)
    outcome = await Actions(shop).run("fix", scene(root), {}, Messages())
    assert edits.asked == 1
    return outcome, snapshot(root, typed, version=2)


async def test_an_edit_follows_lines_typed_elsewhere(tmp_path: Path) -> None:
    typed = CODE.replace("import os\n", "import os\nimport sys\n\nsys.exit()\n")
    outcome, latest = await typed_meanwhile(tmp_path, typed)
    assert result_of(outcome, latest) == typed.replace("valeu", "value")


@pytest.mark.parametrize("says", [RIGHT, WRONG])
async def test_lines_typed_in_the_same_place_end_the_task_at_once(
    tmp_path: Path, says: str
) -> None:
    outcome, _ = await typed_meanwhile(tmp_path, CODE.replace("valeu * 2", "valeu * 3"), says)
    assert isinstance(outcome, Refusal)
    assert "changed while the task ran" in outcome.sentence


async def test_cancel_closes_the_model_and_leaves_no_task(tmp_path: Path) -> None:
    asked = asyncio.Event()

    def answer(request: Request) -> str:
        asked.set()
        return RIGHT

    model = ScriptedModel(Role.EXECUTOR, answer, gate=asyncio.Event())
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    task = asyncio.create_task(actions.run("fix", scene(tmp_path), {}, Messages()))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.cancelled == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_fix_all_is_one_edit_and_counts_what_went_away(tmp_path: Path) -> None:
    text = "import os\nimport sys\n\n\ndef f(a):\n    return b\n"
    half = "<<<<<<< SEARCH\nimport os\nimport sys\n\n\n=======\n>>>>>>> REPLACE\n"
    again = half.replace("=======\n", "=======\n\n")
    model = ScriptedModel(Role.EXECUTOR, [half, again, half])
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    outcome = await actions.run("fix-file", scene(tmp_path, text), {}, Messages())
    assert result_of(outcome, snapshot(tmp_path, text)) == "def f(a):\n    return b\n"
    assert isinstance(outcome, EditOutcome)
    assert (
        outcome.proof.sentence
        == "syntax, python, ruff and imports: 2 problems gone, 1 left, none new"
    )


async def test_all_is_fixed_by_a_model_that_gives_one_function_only(tmp_path: Path) -> None:
    text = CODE + "\n\ndef last(value):\n    return os.path.join(value)\n"
    model = ScriptedModel(Role.EXECUTOR, [RIGHT])
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    outcome = await actions.run("fix-file", scene(tmp_path, text), {}, Messages())
    assert result_of(outcome, snapshot(tmp_path, text)) == text.replace("valeu", "value")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.PROVEN


def shown(message: str, line: int, severity: Severity = Severity.WARNING) -> Problem:
    return Problem("editor", "", message, Span(Position(line, 0), Position(line, 5)), severity)


@pytest.mark.parametrize("action", ["fix", "fix-file"])
async def test_what_only_the_editor_shows_is_to_be_fixed_as_well(
    tmp_path: Path, action: str
) -> None:
    model = ScriptedModel(Role.EXECUTOR, [RIGHT])
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    text = CODE.replace("valeu", "1 * value")
    told = replace(scene(tmp_path, text), shown=(shown("one times is nothing", 4),))
    outcome = await actions.run(action, told, {}, Messages())
    assert isinstance(outcome, EditOutcome)
    assert "one times is nothing" in _tail(model.requests[0])
    assert "is seen by no check here" in outcome.proof.sentence


async def test_remarks_and_what_a_check_of_ours_finds_too_are_not_told_again(
    tmp_path: Path,
) -> None:
    model = ScriptedModel(Role.EXECUTOR, [RIGHT])
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    again = (shown("valeu is not known", 4), shown("a typo", 7, Severity.INFORMATION))
    told = replace(scene(tmp_path), shown=again)
    outcome = await actions.run("fix-file", told, {}, Messages())
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.PROVEN


async def test_without_a_model_broken_syntax_is_repaired_and_said(tmp_path: Path) -> None:
    text = "def f(a)\n    return (a\n"
    actions = Actions(workshop(tmp_path))
    outcome = await actions.run("fix-file", scene(tmp_path, text, 0), {}, Messages())
    assert result_of(outcome, snapshot(tmp_path, text)) == "def f(a):\n    return (a)\n"
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.engine == BUILT_IN
    assert "no model was used" in outcome.label


async def test_repair_stands_where_the_compiler_says_when_the_parser_stumbles_elsewhere(
    tmp_path: Path,
) -> None:
    """The parser alone takes the class for its first line and repairs that."""
    shop = replace(workshop(tmp_path), repairs=candidates)
    outcome = await Actions(shop).run("fix-file", scene(tmp_path, STUMBLING, 0), {}, Messages())
    colon = STUMBLING.replace("delay: float)\n", "delay: float):\n", 1)
    assert result_of(outcome, snapshot(tmp_path, STUMBLING)) == colon


async def test_without_a_model_other_problems_are_refused_with_advice(tmp_path: Path) -> None:
    outcome = await Actions(workshop(tmp_path)).run("fix", scene(tmp_path), {}, Messages())
    assert isinstance(outcome, Refusal)
    assert outcome.sentence.startswith("No model is there")
    assert "ollama pull glm-4.7-flash" in outcome.advice


async def test_no_other_fault_is_repaired_under_the_title_of_a_problem_that_no_check_sees(
    tmp_path: Path,
) -> None:
    text = "x = 1\n\n\ndef f(a)\n    return a\n"
    spans = {0: "Type is unknown", 3: "Expected a colon"}
    told = [
        Problem("pylance", "rule", message, Span(Position(line, 0), Position(line, 3)))
        for line, message in spans.items()
    ]
    here = Scene(snapshot(tmp_path, text), told[0].span, (told[0],))
    outcome = await Actions(workshop(tmp_path)).run("fix", here, {}, Messages())
    assert isinstance(outcome, Refusal)
    assert "which is elsewhere" in outcome.sentence
    there = Scene(snapshot(tmp_path, text), told[1].span, (told[1],))
    outcome = await Actions(workshop(tmp_path)).run("fix", there, {}, Messages())
    assert result_of(outcome, snapshot(tmp_path, text)) == text.replace("(a)", "(a):", 1)


async def test_when_the_model_goes_away_the_built_in_engine_takes_over(tmp_path: Path) -> None:
    text = "def f(a)\n    return a\n"
    model = ScriptedModel(Role.EXECUTOR, [Unreachable("Ollama does not answer.")])
    actions = Actions(workshop(tmp_path, ScriptedModels(executor=model)))
    outcome = await actions.run("fix", scene(tmp_path, text, 0), {}, Messages())
    assert result_of(outcome, snapshot(tmp_path, text)) == text.replace("(a)", "(a):", 1)


def _tail(request: Request) -> str:
    return getattr(request.prompt, "tail", "")


HIDING = "import os\n\n\ndef double(value:\n    return value * 2\n"


async def test_what_broken_syntax_hid_is_not_held_against_its_repair(tmp_path: Path) -> None:
    mended = f"```python\n{HIDING.replace('(value:', '(value):')}```"
    outcome, _ = await fix(tmp_path, [mended], text=HIDING)
    assert result_of(outcome, snapshot(tmp_path, HIDING)) == HIDING.replace("(value:", "(value):")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.sentence.endswith(
        "gone, none new; 1 other, which the broken syntax had hidden, is shown now"
    )
    assert (outcome.proof.after, outcome.proof.hidden) == (0, 1)


async def test_what_was_wrong_before_and_is_still_is_not_told_as_mended(tmp_path: Path) -> None:
    text = HIDING.replace("import os", "import nowhere_at_all")
    mended = f"```python\n{text.replace('(value:', '(value):')}```"
    still = f"```python\n# A remark.\n{text}```"
    outcome, _ = await fix(tmp_path, [mended], text=text)
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.sentence.endswith(
        "gone, 1 left, none new; 1 other, which the broken syntax had hidden, is shown now"
    )
    refused, _ = await fix(tmp_path, [still, still], text=text)
    assert isinstance(refused, Refusal)


async def test_an_error_that_the_repair_itself_brings_still_counts(tmp_path: Path) -> None:
    mended = HIDING.replace("(value:", "(value):")
    brings = mended.replace("value * 2", "vale * 2")
    answers = [f"```python\n{text}```" for text in (brings, mended)]
    outcome, model = await fix(tmp_path, answers, text=HIDING)
    assert isinstance(outcome, EditOutcome)
    assert len(model.requests) == 2


TWO_WRONG = "# 1\n# 2\ndef double(value):\n    unused = 1\n    return valeu * 2\n"


async def test_a_fix_of_one_problem_is_offered_only_if_that_problem_is_gone(
    tmp_path: Path,
) -> None:
    # Better as a whole: the unused name goes, but not what was to be fixed.
    other = "```python\ndef double(value):\n    return valeu * 2\n```"
    outcome, _ = await fix(tmp_path, [other, other], text=TWO_WRONG)
    assert isinstance(outcome, Refusal)
