"""``make backfill``: years of candles into the store, step by step, resumable at any moment."""
