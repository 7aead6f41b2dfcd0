"""What the use cases need from outside. A method that changes state is one atomic command."""

from audit.ports.log import EventLog, SearchQuery
from audit.ports.tree import Anchors, CheckpointTree, Keys, Signer, SigningKeys

__all__ = [
    "Anchors",
    "CheckpointTree",
    "EventLog",
    "Keys",
    "SearchQuery",
    "Signer",
    "SigningKeys",
]
