"""The use cases of realtime, one module each."""
