"""Use cases: verify a token, authorize a request."""
