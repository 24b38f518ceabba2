"""From a model's text to the smallest edit that says the same."""
