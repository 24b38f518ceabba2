"""What the user sees, in plain Python: no LSP types here."""
