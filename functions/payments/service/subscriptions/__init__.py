"""Use cases of subscriptions, one module each."""
