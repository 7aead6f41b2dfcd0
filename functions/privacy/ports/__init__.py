"""What the use cases need."""

from privacy.ports.books import Engagements, ErasureBook, ExportBook, HoldBook, Together
from privacy.ports.outside import Archives, KeyDestroyer

__all__ = [
    "Archives",
    "Engagements",
    "ErasureBook",
    "ExportBook",
    "HoldBook",
    "KeyDestroyer",
    "Together",
]
