import ast
import dataclasses
import inspect
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from lsp_server.common.edits import FileEdit, TextEdit
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Position, Span
from lsp_server.config.settings import FixSettings, Settings, UserAction, UserCheck
from lsp_server.edits.target import Target
from lsp_server.features.actions import document, registry, rename
from lsp_server.features.actions.registry import ACTIONS, Actions
from lsp_server.features.actions.testing_places import file_for_tests
from lsp_server.features.fixing.duel import best_first
from lsp_server.features.values import (
    AnswerOutcome,
    Choice,
    EditOutcome,
    Proof,
    Refusal,
    Scene,
    TaskOutcome,
    Verdict,
)
from lsp_server.models.api import ChatPrompt, Role
from tests.features.workshop import Messages, give_pytest, result_of, workshop
from tests.fixture import Fixture, parse_fixture
from tests.models.scripted import ScriptedModel, ScriptedModels

AT = Span(Position(0, 0), Position(0, 3))
PROBLEM = Problem("ruff", "F821", "undefined name 'foo'", AT)
HINT = Problem("ruff", "X", "a hint", AT, Severity.HINT)


def scene_of(fixture: Fixture, root: Path, *problems: Problem, invoked: bool = True) -> Scene:
    return Scene(fixture.snapshot(root), fixture.span, problems, invoked)


async def run(
    root: Path, action: str, text: str, answers: list[str], **arguments: str
) -> tuple[TaskOutcome, Scene, ScriptedModel]:
    fixture = parse_fixture(text)
    fixture.write(root)
    scene = scene_of(fixture, root)
    model = ScriptedModel(Role.EXECUTOR, answers)
    actions = Actions(workshop(root, ScriptedModels(executor=model)))
    return await actions.run(action, scene, arguments, Messages()), scene, model


def test_unasked_only_fixes_of_shown_problems_are_offered(tmp_path: Path) -> None:
    actions = Actions(workshop(tmp_path))
    fixture = parse_fixture("foo$0\n")
    quiet = actions.offers(scene_of(fixture, tmp_path, invoked=False))
    assert quiet == []
    offers = actions.offers(scene_of(fixture, tmp_path, HINT, PROBLEM, invoked=False))
    assert [offer.title for offer in offers] == [
        "Fix: undefined name 'foo' (ruff)",
        "Fix: a hint (ruff)",
        "Fix all problems in this file",
    ]
    assert {offer.kind for offer in offers} == {"quickfix"}


def test_asked_for_every_action_is_offered_and_can_travel_as_json(tmp_path: Path) -> None:
    scene = scene_of(parse_fixture("foo  # TODO$0\n"), tmp_path, PROBLEM)
    offers = Actions(workshop(tmp_path)).offers(scene)
    assert {offer.action for offer in offers} == {a.name for a in ACTIONS} - {"convert"}
    for offer in offers:
        assert json.loads(json.dumps(offer.arguments)) == offer.arguments


async def test_an_unknown_action_names_those_there_are(tmp_path: Path) -> None:
    scene = scene_of(parse_fixture("x\n"), tmp_path)
    outcome = await Actions(workshop(tmp_path)).run("fly", scene, {}, Messages())
    assert isinstance(outcome, Refusal)
    assert "write-tests" in outcome.advice


@pytest.mark.parametrize("value", [None, {}, {"span": [0]}, "x"])
async def test_bad_arguments_are_refused(tmp_path: Path, value: object) -> None:
    scene = scene_of(parse_fixture("x\n"), tmp_path)
    outcome = await Actions(workshop(tmp_path)).run("fix", scene, {"problem": value}, Messages())
    assert isinstance(outcome, Refusal)


@pytest.mark.parametrize(
    "action", ["rewrite", "document", "write-tests", "simplify", "rename", "implement", "fix-test"]
)
async def test_without_a_model_writing_is_refused_with_advice(tmp_path: Path, action: str) -> None:
    scene = scene_of(parse_fixture("def f():$0\n    return 1\n"), tmp_path)
    outcome = await Actions(workshop(tmp_path)).run(action, scene, {"instruction": "x"}, Messages())
    assert isinstance(outcome, Refusal)
    assert "No model is there" in outcome.sentence
    assert "ollama pull" in outcome.advice


LOOP = """
# tandem: use a list comprehension
names = []
$0for user in []:
    names.append(user)$0
"""


async def test_the_instruction_can_stand_in_a_comment(tmp_path: Path) -> None:
    text = LOOP.replace("names = []\n$0", "$0names = []\n")
    outcome, scene, model = await run(tmp_path, "rewrite", text, ["```python\nnames = [0]\n```"])
    assert result_of(outcome, scene.snapshot) == "names = [0]\n"
    assert "use a list comprehension" in str(model.requests[0].prompt)


async def test_without_an_instruction_the_user_is_told_how_to_give_one(tmp_path: Path) -> None:
    outcome, _, model = await run(tmp_path, "rewrite", "x = 1$0\n", [])
    assert isinstance(outcome, Refusal)
    assert "# tandem:" in outcome.advice
    assert model.requests == []


async def test_a_rewrite_that_stays_unclean_is_offered_as_unproven(tmp_path: Path) -> None:
    answers = [f"```python\nx = {name}\n```" for name in ("foo", "bar", "baz")]
    outcome, *_ = await run(tmp_path, "rewrite", "x = 1$0\n", answers, instruction="change it")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.UNPROVEN
    assert "1 new" in outcome.label


async def test_a_rewrite_with_broken_syntax_is_never_offered(tmp_path: Path) -> None:
    answers = [f"```python\nx = ({name}\n```" for name in ("1", "2", "3")]
    outcome, *_ = await run(tmp_path, "rewrite", "x = 1$0\n", answers, instruction="change it")
    assert isinstance(outcome, Refusal)


DEFINITION = "def slug(title):$0\n    return title.lower()\n"
DOCUMENTED = 'def slug(title):\n    """Return `title` in lower case."""\n    return title.lower()\n'


async def test_a_docstring_is_all_that_changes(tmp_path: Path) -> None:
    outcome, scene, _ = await run(tmp_path, "document", DEFINITION, [f"```python\n{DOCUMENTED}```"])
    assert result_of(outcome, scene.snapshot) == DOCUMENTED


async def test_documenting_that_changes_code_is_sent_back(tmp_path: Path) -> None:
    changed = DOCUMENTED.replace("lower()", "upper()")
    outcome, scene, model = await run(
        tmp_path,
        "document",
        DEFINITION,
        [f"```python\n{text}```" for text in (changed, DOCUMENTED)],
    )
    assert result_of(outcome, scene.snapshot) == DOCUMENTED
    second = model.requests[1].prompt
    assert isinstance(second, ChatPrompt)
    assert "return title.upper()" in second.tail


GO = "//- a.go\n$0func f() int {\n\treturn 1\n}$0\n"


@pytest.mark.parametrize(
    ("added", "is_fine"),
    [("// f is one.\n", True), ("/*\nf is one.\n*/\n", True), ("var x = 1\n", False)],
)
def test_comments_are_told_from_code(tmp_path: Path, added: str, *, is_fine: bool) -> None:
    fixture = parse_fixture(GO)
    target = Target.of_span(fixture.snapshot(tmp_path), fixture.span)
    objection = document.only_comments(target, added + fixture.files["a.go"])
    assert (objection == "") is is_fine


async def test_tests_go_into_a_new_file_where_the_project_keeps_them(tmp_path: Path) -> None:
    text = "//- tests/test_other.py\n\n//- text.py\ndef slug(title):$0\n    return title.lower()\n"
    answer = (
        "```python\nfrom text import slug\n\n\ndef test_case():\n    assert slug('A') == 'a'\n```"
    )
    outcome, *_ = await run(tmp_path, "write-tests", text, [answer])
    assert isinstance(outcome, EditOutcome)
    (file,) = outcome.files
    assert file.creates
    assert file.path == tmp_path / "tests/test_text.py"
    assert file.edits[0].new_text.startswith("from text import slug\n")
    assert not file.path.exists()
    assert outcome.proof.sentence == "unproven: a test runner did not run"


async def test_written_tests_are_run_before_they_are_offered(tmp_path: Path) -> None:
    text = "//- tests/test_other.py\n\n//- text.py\ndef slug(title):$0\n    return title.lower()\n"
    give_pytest(tmp_path)
    head = "```python\nfrom text import slug\n\n\ndef test_case():\n"
    wrong, right = [f"{head}    assert slug('A') == {said}\n```" for said in ("'A'", "'a'")]
    outcome, _, model = await run(tmp_path, "write-tests", text, [wrong, right])
    assert isinstance(outcome, EditOutcome)
    assert len(model.requests) == 2
    assert outcome.proof.verdict is Verdict.PROVEN
    assert "pytest" in outcome.proof.checks


PLACES = {
    "pkg/a.py": "tests/test_a.py",
    "src/deep/b.ts": "src/deep/b.test.ts",
    "pkg/c.go": "pkg/c_test.go",
    "crate/src/deep/d.rs": "crate/tests/d.rs",
    "app/src/main/java/x/E.java": "app/src/test/java/x/ETest.java",
    "lib/f.c": "tests/test_f.c",
}


@pytest.mark.parametrize("source", PLACES)
def test_each_language_has_its_place_for_tests(tmp_path: Path, source: str) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / source).parent.mkdir(parents=True)
    assert file_for_tests(tmp_path, Path(source)) == tmp_path / PLACES[source]


def test_a_mirrored_folder_and_an_existing_file_come_first(tmp_path: Path) -> None:
    (tmp_path / "tests/deep").mkdir(parents=True)
    assert file_for_tests(tmp_path, Path("pkg/deep/a.py")) == tmp_path / "tests/deep/test_a.py"
    (tmp_path / "tests/test_a.py").touch()
    assert file_for_tests(tmp_path, Path("pkg/deep/a.py")) == tmp_path / "tests/test_a.py"


async def test_explain_puts_a_question_about_the_definition(tmp_path: Path) -> None:
    outcome, *_ = await run(tmp_path, "explain", DEFINITION, [])
    assert isinstance(outcome, AnswerOutcome)
    assert "`slug`" in outcome.question.text
    assert outcome.question.selection == Span(Position(0, 0), Position(1, 24))


MODULES = [
    module
    for name in ast.parse(inspect.getsource(registry)).body
    if isinstance(name, ast.ImportFrom) and name.module == "lsp_server.features.actions"
    for alias in name.names
    if isinstance(module := getattr(registry, alias.name), ModuleType)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_every_action_is_its_own_manual_entry(module: ModuleType) -> None:
    entry = inspect.getdoc(module) or ""
    assert entry.split("\n")[0].endswith(".")
    assert re.search(r"^Before\b.*:$", entry, re.MULTILINE)
    assert re.search(r"^After\b.*:$", entry, re.MULTILINE)
    assert "Without a model" in entry


AVERAGE = """def average(prices):$0
    s = 0
    for p in prices:
        s += p  # sum
    return s / len(prices)
"""
RENAMED = {
    "good": (("s", "total"), ("p", "price")),
    "a parameter": (("prices", "values"),),
    "two names become one": (("s", "x"), ("p", "x")),
    "a name from elsewhere": (("len", "size"),),
    "the definition": (("average", "mean"),),
}


@pytest.mark.parametrize("case", RENAMED)
def test_only_local_names_may_change(tmp_path: Path, case: str) -> None:
    fixture = parse_fixture(AVERAGE + "\n\nprint(len([average([1])]))\n")
    snapshot = fixture.snapshot(tmp_path)
    target = Target(snapshot, 0, 5, "average")
    text = snapshot.text
    for old, new in RENAMED[case]:
        text = re.sub(rf"\b{old}\b(?! *$)", new, text)
    objection = rename.only_names(target, text)
    assert (objection == "") is (case == "good")


@pytest.mark.parametrize(
    ("old", "new"), [("s = 0", "s = 1"), ("        s += p", "        s += q"), ("# sum", "# all")]
)
def test_more_than_names_is_told_from_names(tmp_path: Path, old: str, new: str) -> None:
    snapshot = parse_fixture(AVERAGE).snapshot(tmp_path)
    objection = rename.only_names(Target.whole(snapshot), snapshot.text.replace(old, new))
    assert (objection == "") is (old == "# sum")


@pytest.mark.parametrize(
    ("text", "is_offered"),
    [
        ("def f():$0\n    raise NotImplementedError\n", True),
        ("def f():$0\n    ...\n", True),
        ("//- a.rs\nfn f() {$0\n    todo!()\n}\n", True),
        ("def f():$0\n    return 1\n", False),
    ],
)
def test_implementing_is_offered_at_stubs_only(
    tmp_path: Path, text: str, *, is_offered: bool
) -> None:
    offers = Actions(workshop(tmp_path)).offers(scene_of(parse_fixture(text), tmp_path))
    assert ("implement" in [offer.action for offer in offers]) is is_offered


FAILING = """
//- tests/test_text.py
from text import slug


def test_words_are_joined():
    assert slug("Two Words") == "two-words"
//- text.py
def slug(title):$0
    return " ".join(title.lower().split())
"""


@pytest.mark.parametrize("chosen_in", ["text.py", "tests/test_text.py"])
async def test_a_failing_test_is_fixed_in_the_code_and_never_in_the_test(
    tmp_path: Path, chosen_in: str
) -> None:
    fixture = parse_fixture(FAILING)
    fixture.write(tmp_path)
    give_pytest(tmp_path)
    wrong = '```python\ndef slug(title):\n    return "_".join(title.lower().split())\n```'
    model = ScriptedModel(Role.EXECUTOR, [wrong, wrong.replace("_", "-")])
    shop = workshop(tmp_path, ScriptedModels(executor=model))
    asked_in = Fixture(fixture.files, chosen_in, AT)
    outcome = await Actions(shop).run("fix-test", scene_of(asked_in, tmp_path), {}, Messages())
    assert isinstance(outcome, EditOutcome), outcome
    (file,) = outcome.files
    assert file.path == tmp_path / "text.py"
    assert outcome.proof.verdict is Verdict.PROVEN
    assert "pytest" in outcome.proof.checks
    assert outcome.proof.rounds == 2
    prompt = model.requests[0].prompt
    assert isinstance(prompt, ChatPrompt)
    assert "def test_words_are_joined" in prompt.tail


async def test_where_no_test_fails_the_user_is_told(tmp_path: Path) -> None:
    fixture = parse_fixture(FAILING.replace('" ".join', '"-".join'))
    fixture.write(tmp_path)
    give_pytest(tmp_path)
    shop = workshop(tmp_path, ScriptedModels(executor=ScriptedModel(Role.EXECUTOR, [])))
    outcome = await Actions(shop).run("fix-test", scene_of(fixture, tmp_path), {}, Messages())
    assert isinstance(outcome, Refusal)
    assert outcome.sentence == "No test that reaches this file fails."


UNDEFINED = "def double(value):$0\n    return valeu * 2\n"


async def duel_of(root: Path, executor: list[str], planner: list[str]) -> TaskOutcome:
    models = ScriptedModels(
        planner=ScriptedModel(Role.PLANNER, planner, name="thinker"),
        executor=ScriptedModel(Role.EXECUTOR, executor, name="doer"),
    )
    fixture = parse_fixture(UNDEFINED.replace("$0", "").replace("valeu", "$0valeu"))
    actions = Actions(workshop(root, models))
    return await actions.run("duel", scene_of(fixture, root), {}, Messages())


def piece(body: str) -> str:
    return f"```python\ndef double(value):\n{body}\n```"


async def test_the_tools_decide_whose_answer_comes_first(tmp_path: Path) -> None:
    longer = piece("    doubled = value\n    doubled += value\n    return doubled")
    outcome = await duel_of(tmp_path, [longer], [piece("    return value * 2")])
    assert isinstance(outcome, Choice)
    assert [one.proof.engine for one in outcome.outcomes] == ["thinker", "doer"]
    assert all(one.proof.verdict is Verdict.PROVEN for one in outcome.outcomes)


def test_checks_come_before_tests_and_tests_before_the_size_of_a_change() -> None:
    def offered(name: str, after: int, failing: int, text: str) -> EditOutcome:
        proof = Proof(Verdict.UNPROVEN, ("ruff",), 3, after, 1, "m", "", failing)
        edit = TextEdit(Span(Position(0, 0), Position(0, 0)), text)
        return EditOutcome(name, (FileEdit(Path("/a.py"), (edit,), 1),), proof)

    sorts = [("lint", 2, 0, "x"), ("tests", 2, 2, "x"), ("long", 1, 1, "x\n"), ("best", 1, 1, "x")]
    found = best_first(offered(*one) for one in sorts)
    assert [one.label for one in found] == ["best", "long", "tests", "lint"]


async def test_where_one_model_fails_the_other_is_all_there_is(tmp_path: Path) -> None:
    outcome = await duel_of(tmp_path, ["No.", "No!"], [piece("    return value * 2")])
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.engine == "thinker"


async def test_the_same_answer_is_no_choice(tmp_path: Path) -> None:
    right = piece("    return value * 2")
    assert isinstance(await duel_of(tmp_path, [right], [right]), EditOutcome)


async def test_a_duel_needs_both_models(tmp_path: Path) -> None:
    scene = scene_of(parse_fixture(UNDEFINED), tmp_path, PROBLEM)
    models = ScriptedModels(executor=ScriptedModel(Role.EXECUTOR, []))
    outcome = await Actions(workshop(tmp_path, models)).run("duel", scene, {}, Messages())
    assert isinstance(outcome, Refusal)
    assert "ollama pull gpt-oss:20b" in outcome.advice


TO_TUPLE = UserAction("To a tuple", "Make it a tuple.", ("python",), "tuples")
COUNT_LISTS = """
import sys
count = open(sys.argv[1]).read().count("[")
if count:
    print(f"{sys.argv[1]}:1: error: {count} lists")
"""
FIND_LISTS = UserCheck(
    "tuples",
    (sys.executable, "-c", COUNT_LISTS, "{file}"),
    ("python",),
)


async def convert(root: Path, settings: FixSettings, answers: list[str]) -> TaskOutcome:
    scene = scene_of(parse_fixture("x = [1, 2]$0\n"), root)
    models = ScriptedModels(executor=ScriptedModel(Role.EXECUTOR, answers))
    actions = Actions(workshop(root, models, settings=Settings(fix=settings)))
    offer = next(one for one in actions.offers(scene) if one.title == TO_TUPLE.name)
    return await actions.run(offer.action, scene, offer.arguments, Messages())


async def test_an_action_of_the_users_own_is_checked_by_a_check_of_their_own(
    tmp_path: Path,
) -> None:
    settings = FixSettings(actions=(TO_TUPLE,), checks=(FIND_LISTS,))
    worse, right = "```python\nx = [[1], [2]]\n```", "```python\nx = (1, 2)\n```"
    outcome = await convert(tmp_path, settings, [worse, right])
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.rounds == 2
    assert outcome.proof.verdict is Verdict.PROVEN
    assert "tuples" in outcome.proof.checks


@pytest.mark.parametrize(
    "checks", [(), (dataclasses.replace(FIND_LISTS, pattern="("),)], ids=["none", "bad pattern"]
)
async def test_without_the_check_that_it_needs_it_is_not_proven(
    tmp_path: Path, checks: tuple[UserCheck, ...]
) -> None:
    settings = FixSettings(actions=(TO_TUPLE,), checks=checks)
    outcome = await convert(tmp_path, settings, ["```python\nx = (1, 2)\n```"])
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.UNPROVEN
    assert "tuples did not run" in outcome.label


def test_an_action_for_another_language_is_not_offered(tmp_path: Path) -> None:
    scene = scene_of(parse_fixture("//- a.go\npackage a$0\n"), tmp_path)
    settings = Settings(fix=FixSettings(actions=(TO_TUPLE,)))
    offers = Actions(workshop(tmp_path, settings=settings)).offers(scene)
    assert TO_TUPLE.name not in [offer.title for offer in offers]


async def test_an_action_that_left_the_settings_is_refused(tmp_path: Path) -> None:
    scene = scene_of(parse_fixture("x = 1$0\n"), tmp_path)
    actions = Actions(workshop(tmp_path))
    outcome = await actions.run("convert", scene, {"name": "gone"}, Messages())
    assert isinstance(outcome, Refusal)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(
    ("action", "pipe", "chosen_in"),
    [("write-tests", "test_text.py", "text.py"), ("fix-test", "text.py", "test_text.py")],
)
async def test_a_pipe_in_place_of_a_file_is_refused(
    tmp_path: Path, action: str, pipe: str, chosen_in: str
) -> None:
    os.mkfifo(tmp_path / pipe)
    shop = workshop(tmp_path, ScriptedModels(executor=ScriptedModel(Role.EXECUTOR, [])))
    fixture = parse_fixture(f"//- {chosen_in}\ndef test_slug():$0\n    pass\n")
    outcome = await Actions(shop).run(action, scene_of(fixture, tmp_path), {}, Messages())
    assert isinstance(outcome, Refusal)
    assert outcome.sentence in (
        f"{pipe} could not be read as text.",
        "The file that this test is for was not found.",
    )
