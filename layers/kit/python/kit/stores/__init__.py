"""Connections to the stores: opened on first use, one per container, every wait bounded."""
