"""Use cases, one module a group: registration, sign-in, sessions, profile, administration, keys, upkeep."""
