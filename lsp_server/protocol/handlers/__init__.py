"""One short file a method."""
