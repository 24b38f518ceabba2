"""From a place in the code to text that fits a token budget."""
