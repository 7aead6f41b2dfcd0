"""Realtime: tickets, sockets, channels with exact offsets, and the fan-out to subscribers."""
