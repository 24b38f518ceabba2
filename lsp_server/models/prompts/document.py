"""What the executor is asked when code is to be documented."""

_FORMS = {
    "python": "a docstring (PEP 257) in the form that the other docstrings of the file have",
    "go": "a doc comment above it that begins with its name",
    "rust": "`///` comments above it",
    "java": "a Javadoc comment above it",
    "javascript": "a JSDoc comment above it",
    "javascriptreact": "a JSDoc comment above it",
    "typescript": "a TSDoc comment above it, without types",
    "typescriptreact": "a TSDoc comment above it, without types",
}


def document_goal(name: str, language: str) -> str:
    """Return the goal of documenting the definition `name`."""
    form = _FORMS.get(language, "a comment above it, in the file's own form")
    what = f"`{name}`" if name else "the piece"
    return (
        f"Document {what}: write {form}. Say what it promises: what comes back, units, what is "
        "raised, what a caller must know. Say nothing that the code does not do. Change no code: "
        "every line that is not a comment stays as it is."
    )
