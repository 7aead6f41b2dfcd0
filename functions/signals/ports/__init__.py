"""What the use cases need, in the domain's words. A method that changes state is one atomic command.

``market`` · ``book`` of signals · ``record`` of promises.
"""

from signals.ports.book import (
    Announcer,
    PublicationWorkflow,
    RevisionBook,
    SignalBook,
    SignalQuery,
    Signers,
    Waiting,
)
from signals.ports.market import (
    CandleStore,
    Feed,
    MarketData,
    QuoteBoard,
    Reference,
    TapePosition,
    TapePositions,
)
from signals.ports.record import (
    CommitmentLog,
    Vault,
)

__all__ = [
    "Announcer",
    "CandleStore",
    "CommitmentLog",
    "Feed",
    "MarketData",
    "PublicationWorkflow",
    "QuoteBoard",
    "Reference",
    "RevisionBook",
    "SignalBook",
    "SignalQuery",
    "Signers",
    "TapePosition",
    "TapePositions",
    "Vault",
    "Waiting",
]
