"""The event store: every event appended once to a chain of hashes, checkpointed, signed, provable."""
