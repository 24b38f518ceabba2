"""What fits into the memory of the GPU, what is in it, and the loads that change that."""
