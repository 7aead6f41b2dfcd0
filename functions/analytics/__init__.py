"""Analytics: figures made of the event store alone."""
