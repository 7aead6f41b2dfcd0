"""Use cases; their ports are passed in."""
