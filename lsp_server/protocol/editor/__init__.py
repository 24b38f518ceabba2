"""What the editor at the other end can do, shows and is asked to do."""
