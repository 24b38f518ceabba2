"""Code actions: one a file, whose docstring is its manual entry."""
