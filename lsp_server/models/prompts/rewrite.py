"""What the executor is asked when code is to be rewritten by instruction."""


def rewrite_goal(instruction: str) -> str:
    """Return the goal; the instruction is the user's, word by word."""
    return (
        f"Rewrite the piece as its author asks:\n\n    {instruction}\n\nKeep what it does for its "
        "callers unless the instruction says otherwise. A comment that begins with 'tandem:' is "
        "the instruction itself and must not be in the result."
    )


SIMPLIFY = (
    "Write the piece in a simpler way that does exactly the same: fewer branches, less nesting, "
    "what the standard library offers. Names that others use stay. If it is as simple as it can "
    "be, change only what helps a reader."
)

IMPLEMENT = (
    "Write what is still to be written in the piece: the stub, or what its TODO asks for, by the "
    "name, the signature, the doc comment and the callers. Keep the signature and the doc comment. "
    "Use what the repository has."
)

RENAME = (
    "Give the local names of the piece (variables, and functions that are defined inside) names "
    "that say what they hold, in the style of the file. The name of the piece, its parameters, "
    "attributes and all names from elsewhere stay. Change nothing but names."
)
