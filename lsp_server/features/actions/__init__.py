"""The code actions, one a file."""
