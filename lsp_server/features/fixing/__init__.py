"""The loop that rewrites code until the language's own tools agree."""
