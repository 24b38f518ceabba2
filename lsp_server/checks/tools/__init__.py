"""One description a tool, and how its output becomes problems."""
