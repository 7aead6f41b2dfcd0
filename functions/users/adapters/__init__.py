"""The ports on PostgreSQL, Redis, Secrets Manager, mail and cryptography, and in memory."""
