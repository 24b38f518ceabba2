"""The grammars that come inside the installed packages, and our queries over them.

tree-sitter and the grammars are imported when a language is first asked for: a server that never
sees Rust never loads its grammar.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Parser, Query

_QUERIES = Path(__file__).parents[1] / "queries"


@dataclass(frozen=True, slots=True)
class GrammarSource:
    """Where the grammar of a language is: a package, its function, and our query folders."""

    package: str
    queries: tuple[str, ...]
    function: str = "language"


GRAMMARS: dict[str, GrammarSource] = {
    "python": GrammarSource("tree_sitter_python", ("python",)),
    "typescript": GrammarSource(
        "tree_sitter_typescript", ("script", "typescript"), function="language_typescript"
    ),
    "typescriptreact": GrammarSource(
        "tree_sitter_typescript", ("script", "typescript", "tsx"), function="language_tsx"
    ),
    "javascript": GrammarSource("tree_sitter_javascript", ("script", "javascript")),
    "javascriptreact": GrammarSource("tree_sitter_javascript", ("script", "javascript")),
    "go": GrammarSource("tree_sitter_go", ("go",)),
    "rust": GrammarSource("tree_sitter_rust", ("rust",)),
    "java": GrammarSource("tree_sitter_java", ("java",)),
    "c": GrammarSource("tree_sitter_c", ("c",)),
    "cpp": GrammarSource("tree_sitter_cpp", ("c", "cpp")),
    "csharp": GrammarSource("tree_sitter_c_sharp", ("csharp",)),
    "ruby": GrammarSource("tree_sitter_ruby", ("ruby",)),
    "php": GrammarSource("tree_sitter_php", ("php",), function="language_php"),
    "kotlin": GrammarSource("tree_sitter_kotlin", ("kotlin",)),
    "shellscript": GrammarSource("tree_sitter_bash", ("bash",)),
    "lua": GrammarSource("tree_sitter_lua", ("lua",)),
    "json": GrammarSource("tree_sitter_json", ("json",)),
    "yaml": GrammarSource("tree_sitter_yaml", ("yaml",)),
    "toml": GrammarSource("tree_sitter_toml", ("toml",)),
    "markdown": GrammarSource("tree_sitter_markdown", ("markdown",)),
}


def is_known(language: str) -> bool:
    """Whether `language`, an LSP language identifier, has a grammar."""
    return language in GRAMMARS


@cache
def grammar(language: str) -> "Language":
    """Return the tree-sitter language. Raises KeyError for a language without a grammar."""
    from tree_sitter import Language

    source = GRAMMARS[language]
    return Language(getattr(import_module(source.package), source.function)())


@cache
def parser(language: str) -> "Parser":
    """Return the one parser of `language`; tree-sitter resets it with each parse."""
    from tree_sitter import Parser

    return Parser(grammar(language))


@cache
def query(language: str, *topics: str) -> "Query":
    """Return our queries `<topic>.scm` for `language` as one.

    Patterns that the grammar refuses are left out. A language without such a file has an empty
    query.
    """
    from tree_sitter import Query

    accepted = [
        text
        for topic in topics
        for text in pattern_texts(language, topic)
        if _compiles(language, text)
    ]
    return Query(grammar(language), "\n".join(accepted))


def pattern_texts(language: str, topic: str) -> list[str]:
    """Return the patterns of our query files one by one; blank lines stand between patterns."""
    texts: list[str] = []
    for folder in GRAMMARS[language].queries:
        path = _QUERIES / folder / f"{topic}.scm"
        if path.exists():
            texts += [part for part in path.read_text("utf-8").split("\n\n") if part.strip()]
    return texts


def _compiles(language: str, pattern: str) -> bool:
    # A grammar update renames a node now and then. Compiling the file as a whole would lose the
    # language for one renamed node; the tests see to it that none is refused with the pinned one.
    from tree_sitter import Query, QueryError

    try:
        Query(grammar(language), pattern)
    except QueryError:
        return False
    return True
