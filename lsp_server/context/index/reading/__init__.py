"""What one file says: its definitions, imports and names, as a row of the index."""
