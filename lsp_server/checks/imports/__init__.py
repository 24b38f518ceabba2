"""Whether what a file imports exists: models invent packages, and someone may register the name."""
