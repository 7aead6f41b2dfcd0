"""The ports on real technologies and in memory."""
