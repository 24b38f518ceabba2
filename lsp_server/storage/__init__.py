"""What Tandem keeps on disk; the only package that opens diskcache."""
