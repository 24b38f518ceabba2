"""Write tests.

Tests for the definition at the cursor are written into the file where its project keeps them: the
one that is there already, or a new one beside its kin. The file must pass the checks that any edit
must pass, and its tests are run; where nothing runs them the title says so.

Before, the cursor in `slug` of `site/text.py`:

    def slug(title):
        return "-".join(title.lower().split())

After, the new file `tests/test_text.py`:

    from site.text import slug


    def test_words_are_joined_by_hyphens():
        assert slug("Two Words") == "two-words"

Without a model no tests can be written, and Tandem says so.
"""

from lsp_server.checks.check import Speed
from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Snapshot
from lsp_server.edits.fences import fence_for
from lsp_server.edits.target import Target
from lsp_server.features.actions.action import REWRITE, Action, Job, one_offer
from lsp_server.features.actions.on_disk import snapshot_of_file
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.actions.testing_places import file_for_tests
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.task import Task
from lsp_server.features.fixing.writing import shown_path
from lsp_server.features.seams import Workshop
from lsp_server.features.values import Refusal, TaskOutcome
from lsp_server.models.prompts.tests import CodeUnderTest, write_tests_goal

NAME = "write-tests"


async def run(job: Job) -> TaskOutcome:
    """Write tests for the definition at the scene."""
    snapshot = job.scene.snapshot
    root = snapshot.path and job.shop.workspace.root_of(snapshot.path)
    if snapshot.path is None or root is None:
        return Refusal(
            "Tests need a place in a workspace, and this document has none.",
            "Save the document in a folder that is open.",
        )
    target = target_of_selection(snapshot, job.scene.span, job.shop.syntax)
    code = CodeUnderTest(
        shown_path(target, job.shop),
        snapshot.language,
        target.name,
        target.text,
        fence_for(target.text),
    )
    path = file_for_tests(root, snapshot.path.relative_to(root))
    tests = job.shop.workspace.latest(path.as_uri())
    if tests is None and path.exists():
        tests = snapshot_of_file(path)
    elif tests is None:
        tests = Snapshot.of_text("", language=language_of_path(path).name, path=path)
    label = f"Write tests for {target.name or 'the selection'} in {path.name}"
    task = Task(
        label,
        write_tests_goal(code),
        Target.whole(tests),
        creates=not path.exists(),
        check=_runner(tests, job.shop),
    )
    return await carry_out(task, job.shop, job.progress)


def _runner(tests: Snapshot, shop: Workshop) -> str:
    """Return what runs the tests of a file: tests that nobody ran prove nothing."""
    checks = Bench.of(tests, shop).checks
    return next((check.name for check in checks if check.speed is Speed.TESTS), "a test runner")


ACTION = Action(NAME, REWRITE, one_offer(NAME, REWRITE, "Write tests for this code"), run)
