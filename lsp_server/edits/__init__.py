"""From a model's text to the smallest edits that say the same."""
