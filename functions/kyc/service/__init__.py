"""Use cases: apply, verify, review, tell, look after what time brings."""
