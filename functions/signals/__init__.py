"""Signals: from a closed candle to a committed, published and provable recommendation."""
