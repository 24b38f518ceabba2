"""What is taken out of a model's text before it is shown: one kind of mistake a module.

Each filter is a plain function from text to text; an empty text means that nothing is left to
show. `shaping.py` says in which order they run.
"""
