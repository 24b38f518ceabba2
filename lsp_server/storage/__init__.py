"""What is kept on disk; the only package that opens diskcache."""
