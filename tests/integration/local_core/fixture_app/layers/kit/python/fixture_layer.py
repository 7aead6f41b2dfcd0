"""A layer of the fixture."""

GREETING = "hello"
