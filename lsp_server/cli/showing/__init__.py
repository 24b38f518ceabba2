"""The demonstration: what an editor does with the server, on a scratch copy of real source."""
