"""From bytes to typed messages and back: the greeting, the frames, and how the process ends."""
