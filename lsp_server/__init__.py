"""Tandem: a language server that puts two local models to work in any editor."""

__version__ = "0.1.0"
