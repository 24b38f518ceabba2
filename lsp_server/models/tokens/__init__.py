"""Counting tokens with the vocabulary of the model that is served."""
