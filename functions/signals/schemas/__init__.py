"""What crosses HTTP, a module for each table of routes.

Prices are decimal strings on their tick; times RFC 3339 UTC.
"""
