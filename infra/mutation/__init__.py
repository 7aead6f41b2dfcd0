"""Mutation testing of the signals' model and policies, by mutmut."""
