"""What tree-sitter knows of the repository; the only package that imports it."""
