"""How a streamed answer reaches the user, by what the editor can do."""
