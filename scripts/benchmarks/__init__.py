"""What `scripts/bench NAME` runs, one file a benchmark."""
