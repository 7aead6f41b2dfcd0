"""The ports in memory: shipped, with the same contract."""
