"""What is asked when code is to be explained."""


def explain_question(name: str) -> str:
    """Return the question about the definition `name`, or about a selection without a name."""
    what = f"`{name}`" if name else "the selected code"
    return (
        f"Explain {what}: what it is for, how it works step by step, who uses it, and what a "
        "reader would not expect."
    )
