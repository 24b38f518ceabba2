"""Fix the failing test.

The tests that reach this file are run on a copy of the project. If one fails, the code is changed
until it passes and no other test or check complains. Chosen in a test file, it changes the file
that the test is named after: the tests themselves are never touched. Needs a trusted workspace, as
tests run the project's code.

Before, with `test_words_are_joined` failing:

    def slug(title):
        return " ".join(title.lower().split())

After:

    def slug(title):
        return "-".join(title.lower().split())

Without a model nothing can be fixed here, and Tandem says so.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from lsp_server.checks.check import Speed
from lsp_server.checks.subject import Subject
from lsp_server.checks.tools.tests import is_test_file, python_tests_of
from lsp_server.checks.walking import files_below
from lsp_server.common.files import read_plain_file
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Snapshot
from lsp_server.edits.target import Target
from lsp_server.features.actions.action import REWRITE, Action, Job, one_offer
from lsp_server.features.actions.on_disk import snapshot_of_file
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.proof import short
from lsp_server.features.fixing.repair import no_model
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import Refusal, TaskOutcome
from lsp_server.models.api import Role
from lsp_server.models.prompts.fix import goal_for_test

NAME = "fix-test"
KIND = REWRITE
_LONGEST = 8000
_log = logging.getLogger(__name__)


async def run(job: Job) -> TaskOutcome:
    """Run the tests that reach the scene's file, and fix what makes the first one fail."""
    models = job.shop.models
    if not (await models.sought(Role.EXECUTOR) or models.ready(Role.PLANNER)):
        return no_model(job.shop, "without one a failing test cannot be fixed")
    source = _source(job)
    if source is None:
        return Refusal(
            "The file that this test is for was not found.",
            "Open the file whose code is wrong, and choose the action there.",
        )
    bench = Bench.of(source, job.shop)
    if Speed.TESTS not in bench.speeds:
        return Refusal(
            "No tests reach this file, or they may not run.",
            "Tests run in trusted workspaces only, with the project's own test runner.",
        )
    job.progress.report("Running the tests that reach this file")
    report = await bench.look(source.text, Speed.TESTS)
    if report.failed:
        return Refusal("The tests could not be run.", " ".join(report.failed.values()))
    if not report.problems:
        return Refusal("No test that reaches this file fails.", "Nothing was changed.")
    failing = report.problems[0]
    task = Task(
        f"Fix: {short(failing)}",
        goal_for_test(failing.message, _text_of_tests(bench.subject, failing)),
        Target.whole(source),
        (failing,),
    )
    return await carry_out(task, job.shop, job.progress)


def _source(job: Job) -> Snapshot | None:
    """Return the scene's document, or the one that it tests."""
    snapshot = job.scene.snapshot
    path = snapshot.path
    root = job.shop.workspace.root_of(path) if path else None
    if path is None or root is None or not is_test_file(path.name):
        return snapshot
    for found in _named_alike(root, path):
        open_one = job.shop.workspace.latest(found.as_uri())
        return open_one or snapshot_of_file(found)
    return None


def _named_alike(root: Path, test: Path) -> Iterable[Path]:
    stem = test.stem.removeprefix("test_").removesuffix("_test")
    stem = stem.removesuffix(".test").removesuffix(".spec")
    wanted = f"{stem}{test.suffix}"
    return (path for path in files_below(root) if path.name == wanted)


def _text_of_tests(subject: Subject, failing: Problem) -> str:
    """Return the test file's text: what the test says is what the code must do."""
    named = failing.symbol.partition("::")[0]
    names = [named, *(python_tests_of(subject) if subject.language == "python" else ())]
    beside = sorted(subject.path.parent.glob(f"{subject.path.stem}*test*"))
    places = [*(subject.root / name for name in names if name), *beside]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        return ""
    try:
        return read_plain_file(found).decode("utf-8", "replace")[:_LONGEST]
    except OSError as error:
        _log.info("The failing test could not be read: %s.", type(error).__name__)
        return ""


ACTION = Action(NAME, KIND, one_offer(NAME, KIND, "Fix the failing test"), run)
