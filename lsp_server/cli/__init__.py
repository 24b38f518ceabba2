"""The command line: every layer can be driven without an editor."""
