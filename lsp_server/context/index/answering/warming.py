"""What the first requests would have to make, made while nobody waits."""

from collections import Counter
from collections.abc import Generator

from lsp_server.context.index.answering.render import prepare
from lsp_server.context.index.resolution.bindings import prepare_language
from lsp_server.context.index.workspace import Workspace


def warm_up(workspace: Workspace) -> Generator[None, None, None]:
    """Make it in steps of some milliseconds, but for the first of each language.

    An index that came from the cache has loaded no grammar, and a grammar takes fifty.
    """
    yield from workspace.builder.learn_words()
    languages = Counter(row.language for row in workspace.rows.values())
    for language, _ in languages.most_common():
        prepare_language(language)
        yield
    yield from prepare(workspace.tables())
