"""Which definitions the code at a place will need: tables, named features, one scored model."""
