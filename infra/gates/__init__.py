"""Generators and checks of this repository: ``python -m gates all`` is ``make check``."""
