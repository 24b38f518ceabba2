"""The languages we know by name, and how their files and comments look."""

import re
from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `name` is the LSP language identifier; comments are empty where it has none."""

    name: str
    suffixes: tuple[str, ...]
    line_comment: str = ""
    block_comment: tuple[str, str] | None = None
    files: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


_C_BLOCK = ("/*", "*/")

LANGUAGES: tuple[Language, ...] = (
    Language("python", (".py", ".pyi", ".pyw"), "#", files=("SConstruct", "SConscript")),
    Language("typescript", (".ts", ".mts", ".cts"), "//", _C_BLOCK),
    Language("typescriptreact", (".tsx",), "//", _C_BLOCK, aliases=("tsx",)),
    Language("javascript", (".js", ".mjs", ".cjs"), "//", _C_BLOCK),
    Language("javascriptreact", (".jsx",), "//", _C_BLOCK, aliases=("jsx",)),
    Language("go", (".go",), "//", _C_BLOCK),
    Language("rust", (".rs",), "//", _C_BLOCK),
    Language("java", (".java",), "//", _C_BLOCK),
    Language("c", (".c", ".h"), "//", _C_BLOCK),
    Language(
        "cpp",
        (".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".ipp"),
        "//",
        _C_BLOCK,
        aliases=("c++",),
    ),
    Language("csharp", (".cs",), "//", _C_BLOCK, aliases=("cs",)),
    Language("ruby", (".rb", ".rake"), "#", files=("Rakefile", "Gemfile")),
    Language("php", (".php",), "//", _C_BLOCK),
    Language("kotlin", (".kt", ".kts"), "//", _C_BLOCK),
    Language("shellscript", (".sh", ".bash"), "#", aliases=("bash", "sh")),
    Language("lua", (".lua",), "--", ("--[[", "]]")),
    Language("json", (".json",), aliases=("jsonc",)),
    Language("yaml", (".yaml", ".yml"), "#"),
    Language("toml", (".toml",), "#"),
    Language("markdown", (".md", ".markdown"), "", ("<!--", "-->")),
)

PLAIN = Language("plaintext", ())

# Comments, and what a header for both languages keeps from compilers of C.
_NO_CODE = re.compile(
    rb"/\*.*?\*/|//[^\n]*|^[ \t]*#[ \t]*if[^\n]*\b__cplusplus\b.*?^[ \t]*#[ \t]*(?:else|endif)",
    re.DOTALL | re.MULTILINE,
)
_CPP_ONLY = re.compile(
    rb"^[ \t]*(?:class\s+\w|namespace\b|template\s*<|(?:public|protected|private)\s*:"
    rb"|using\s+\w|virtual\s|enum\s+class\b|#\s*include\s*<\w+>|[^\[\"\n#]*\w::~?\w)",
    re.MULTILINE,
)

_BY_NAME = {name: language for language in LANGUAGES for name in (language.name, *language.aliases)}
_BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}
_BY_FILE = {file: language for language in LANGUAGES for file in language.files}


def language_named(name: str) -> Language:
    """Return the language with this identifier or alias, or `PLAIN`."""
    return _BY_NAME.get(name.lower(), PLAIN)


def language_of_path(path: PurePath) -> Language:
    """Return the language that the file's name stands for, or `PLAIN`."""
    return _BY_FILE.get(path.name) or _BY_SUFFIX.get(path.suffix.lower(), PLAIN)


def language_of_text(path: PurePath, text: bytes) -> Language:
    """Return the language of a file by its name, and where that stands for two by its text.

    A header `.h` is C++ where its text cannot be C.
    """
    found = language_of_path(path)
    if path.suffix.lower() == ".h" and _CPP_ONLY.search(_NO_CODE.sub(b"", text)):
        return _BY_NAME["cpp"]
    return found
