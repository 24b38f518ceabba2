"""What names at a place mean: imports followed to their definitions, receivers to their types."""
