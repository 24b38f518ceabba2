"""What the index is asked: what a place needs, what a question touches, the map."""
