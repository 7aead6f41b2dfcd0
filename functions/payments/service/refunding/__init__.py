"""Refunds: quote, request and decide, the saga, and what the gateway tells of refunds made elsewhere."""
