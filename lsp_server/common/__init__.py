"""Plain values that every room of the house shares; imports nothing of ours."""
