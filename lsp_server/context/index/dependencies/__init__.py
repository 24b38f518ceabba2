"""Signatures of installed packages: read as text where tools put them, when a file names them."""
