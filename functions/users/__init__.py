"""Accounts: who somebody is, how they sign in, what they may do, and the keys that vouch for it."""
