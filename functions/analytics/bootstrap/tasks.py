"""The tasks."""

from analytics.bootstrap.projector import keeping

__all__ = ["keeping"]
