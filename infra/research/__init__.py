"""Backtests from the command line, on recorded tapes: for who develops a strategy."""
