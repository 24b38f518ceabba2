"""One text and its syntax tree: parsed, kept, looked through for errors, continued."""
