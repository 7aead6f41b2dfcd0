"""The ports on PostgreSQL, Redis and the network, and in memory."""
