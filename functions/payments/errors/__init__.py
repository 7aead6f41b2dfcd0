"""What the domain refuses, one module a subject."""

from payments.errors.ledger import (
    AccountUnknown,
    BalanceInsufficient,
    BooksCrossed,
    BridgeUnbalanced,
    CurrencyMixed,
    PendingEnded,
    PendingExceeded,
    PendingExpired,
    PendingUnknown,
    ReversalExceeded,
    ReversalUnfounded,
    TransferDiffers,
    TransferRefused,
)

__all__ = [
    "AccountUnknown",
    "BalanceInsufficient",
    "BooksCrossed",
    "BridgeUnbalanced",
    "CurrencyMixed",
    "PendingEnded",
    "PendingExceeded",
    "PendingExpired",
    "PendingUnknown",
    "ReversalExceeded",
    "ReversalUnfounded",
    "TransferDiffers",
    "TransferRefused",
]
