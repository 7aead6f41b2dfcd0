"""Reference client of TREUM's realtime stream: in order, once, and never silently less."""

from treum_client.choice import Choice
from treum_client.ordering import Gap, Position
from treum_client.stream import Stream

__all__ = ["Choice", "Gap", "Position", "Stream"]
