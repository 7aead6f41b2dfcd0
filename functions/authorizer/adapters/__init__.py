"""The ports on Secrets Manager and Redis, and in memory."""
