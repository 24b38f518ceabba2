"""What the executor is asked when code is to be rewritten by instruction."""


def rewrite_goal(instruction: str) -> str:
    """Return the goal; the instruction is the user's, word by word."""
    return (
        f"Rewrite the piece as its author asks:\n\n    {instruction}\n\nKeep what it does for its "
        "callers unless the instruction says otherwise. A comment that begins with 'tandem:' is "
        "the instruction itself and must not be in the result."
    )
