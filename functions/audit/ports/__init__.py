"""What the use cases need from outside. A method that changes state is one atomic command."""

from audit.ports.log import EventLog, SearchQuery
from audit.ports.tree import Anchors, CheckpointTree, Keys, Signer, SigningKeys
from audit.ports.upkeep import Archive, Erasures, Segments, Verifications

__all__ = [
    "Anchors",
    "Archive",
    "CheckpointTree",
    "Erasures",
    "EventLog",
    "Keys",
    "SearchQuery",
    "Segments",
    "Signer",
    "SigningKeys",
    "Verifications",
]
