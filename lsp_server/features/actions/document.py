"""Document.

The definition at the cursor gets a doc comment in the form that its language and its file use. Only
comments may change: an answer that touches code is sent back, and refused if it does so again.

Before:

    def slug(title):
        return "-".join(title.lower().split())

After:

    def slug(title):
        \"\"\"Return `title` in lower case, its words joined by hyphens.\"\"\"
        return "-".join(title.lower().split())

Without a model nothing can be documented, and Tandem says so.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from lsp_server.common.languages import Language, language_named
from lsp_server.common.text import split_lines
from lsp_server.edits.target import Target
from lsp_server.features.actions.action import REWRITE, Action, Job, one_offer
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import TaskOutcome
from lsp_server.models.prompts.document import document_goal

NAME = "document"
_QUOTES = ('"""', "'''")


async def run(job: Job) -> TaskOutcome:
    """Write the doc comment of the definition at the scene."""
    target = target_of_selection(job.scene.snapshot, job.scene.span, job.shop.syntax)
    goal = document_goal(target.name, job.scene.snapshot.language)
    label = f"Document {target.name}" if target.name else "Document the selection"
    return await carry_out(Task(label, goal, target, guard=only_comments), job.shop, job.progress)


def only_comments(target: Target, text: str) -> str:
    """Return an objection if `text` differs from the target's document in more than comments."""
    language = language_named(target.snapshot.language)
    old = _code(target.snapshot.lines, language)
    new = _code(split_lines(text), language)
    if old == new:
        return ""
    changed = next(op for op in SequenceMatcher(None, old, new).get_opcodes() if op[0] != "equal")
    line = (new[changed[3] : changed[4]] or old[changed[1] : changed[2]])[0]
    return (
        "The answer changes more than comments. This line is new, changed or missing:\n"
        f"    {line}\nKeep every line of code as it is."
    )


def _code(lines: Sequence[str], language: Language) -> list[str]:
    """Return the lines that are no comment, docstring or blank line, without their ends."""
    code, closing = list[str](), ""
    for line in lines:
        text = line.strip()
        if closing:
            closing = "" if closing in text else closing
            continue
        opened = _opening(text, language)
        if opened is None:
            code.append(line.rstrip())
        elif opened and opened not in text[len(opened) :]:
            closing = opened
    return code


def _opening(text: str, language: Language) -> str | None:
    """Return what ends the comment that `text` opens, an empty string for a lone line, or None."""
    if not text or (language.line_comment and text.startswith(language.line_comment)):
        return ""
    if language.name == "python":
        bare = text.lstrip("rRuU")
        return next((quotes for quotes in _QUOTES if bare.startswith(quotes)), None)
    block = language.block_comment
    return block[1] if block and text.startswith(block[0]) else None


ACTION = Action(NAME, REWRITE, one_offer(NAME, REWRITE, "Document this code"), run)
