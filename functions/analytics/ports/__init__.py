"""What the use cases need from outside. A method that changes state is one atomic command."""

from analytics.ports.figures import Answers, EventsQuery, SourceEvent, TotalsQuery
from analytics.ports.projection import Advance, Advanced, Consumer, Position, Projections, Reading, Switched
from analytics.ports.store import Chain, EventStore, Head, Stored

__all__ = [
    "Advance",
    "Advanced",
    "Answers",
    "Chain",
    "Consumer",
    "EventStore",
    "EventsQuery",
    "Head",
    "Position",
    "Projections",
    "Reading",
    "SourceEvent",
    "Stored",
    "Switched",
    "TotalsQuery",
]
