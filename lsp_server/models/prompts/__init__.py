"""What the models are told; one file a task."""
