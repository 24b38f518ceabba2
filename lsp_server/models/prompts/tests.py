"""What the executor is asked when tests are to be written."""

from dataclasses import dataclass

_FRAMEWORKS = {
    "python": "pytest: plain functions and asserts",
    "go": "the testing package, table-driven where cases repeat",
    "rust": "plain #[test] functions",
    "java": "JUnit as the project uses it",
}


@dataclass(frozen=True, slots=True)
class CodeUnderTest:
    """The code that the tests are for; `name` is empty where it is a selection."""

    path: str
    language: str
    name: str
    text: str
    fence: str


def write_tests_goal(code: CodeUnderTest) -> str:
    """Return the goal of writing tests for `code`; the file they go into is the piece."""
    framework = _FRAMEWORKS.get(code.language, "the test framework that the project uses")
    what = f"`{code.name}`" if code.name else "this code"
    text = code.text if code.text.endswith("\n") else code.text + "\n"
    return (
        f"Write tests for {what} of {code.path} into the piece, with {framework}. Each test names "
        "one behaviour and checks what the code really does: the normal case, the edges, the "
        "errors. Keep the tests that are there. Use no network and no sleep.\n\n"
        f"{code.fence}{code.language}\n{text}{code.fence}"
    )
