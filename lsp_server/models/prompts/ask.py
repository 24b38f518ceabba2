"""The tail of a prompt that asks a question about the code."""

_FORM = """
# How to answer
Answer in Markdown, from the code that you were shown. Name each file that you speak of by its
path as it was shown, with the line, like `pkg/file.py:12`. Where the code does not show it, say
so; do not guess, and do not name files that you were not shown.
"""


def ask_tail(question: str, here: str = "") -> str:
    """Return the tail for `question`; `here` is the code it was asked at, fenced, or empty."""
    shown = f"\n# Where the question was asked\n{here}\n" if here else ""
    return f"{shown}\n# Question\n{question.strip()}\n{_FORM}"


def code_here(path: str, first: int, text: str, language: str, fence: str) -> str:
    """Return selected code with its place; `first` is its line from one."""
    closed = text if text.endswith("\n") else text + "\n"
    return f"{path}, from line {first}:\n{fence}{language}\n{closed}{fence}"
