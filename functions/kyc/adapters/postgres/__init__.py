"""The stores in PostgreSQL."""
