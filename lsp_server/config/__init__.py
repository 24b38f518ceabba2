"""Frozen settings, each field with its doc and its default; loaders; schema generator."""
