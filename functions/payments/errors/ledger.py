"""What the ledger refuses. Nothing was recorded when one of these is raised."""

from kit.errors import Conflict, Invalid, NotFound


class TransferRefused(Invalid):
    """The chain cannot be recorded, whatever the balances: its maker has a defect."""

    code = "TRANSFER_REFUSED"
    title = "This is not a transfer the books can take"


class AccountUnknown(NotFound):
    """No account has this code."""

    code = "ACCOUNT_UNKNOWN"
    title = "There is no such account"


class CurrencyMixed(TransferRefused):
    """The accounts and the amount are not of one currency."""

    code = "CURRENCY_MIXED"
    title = "A transfer has one currency"


class BooksCrossed(TransferRefused):
    """The accounts belong to two books."""

    code = "BOOKS_CROSSED"
    title = "Books meet only through their bridge"


class BridgeUnbalanced(TransferRefused):
    """One side of a bridge would move without the other."""

    code = "BRIDGE_UNBALANCED"
    title = "Both sides of a bridge move by the same amount"


class PendingUnknown(NotFound):
    """No pending transfer has this id."""

    code = "PENDING_UNKNOWN"
    title = "There is no such pending transfer"


class PendingEnded(Conflict):
    """The pending transfer was posted or voided already."""

    code = "PENDING_ENDED"
    title = "The pending transfer ended already"


class PendingExpired(Conflict):
    """The pending transfer's time is over; what it held is free."""

    code = "PENDING_EXPIRED"
    title = "The pending transfer expired"


class PendingExceeded(Conflict):
    """More would be posted than is held."""

    code = "PENDING_EXCEEDED"
    title = "No more can be posted than is pending"


class ReversalUnfounded(TransferRefused):
    """Nothing posted, in this book and currency, has the id that would be reversed."""

    code = "REVERSAL_UNFOUNDED"
    title = "There is nothing posted to reverse"


class TransferDiffers(Conflict):
    """A transfer with this id is recorded with other content: an id is never used twice."""

    code = "TRANSFER_DIFFERS"
    title = "Another transfer has this id"


class ReversalExceeded(Conflict):
    """All reversals together would exceed what they reverse: a refund of more than was captured."""

    code = "REVERSAL_EXCEEDED"
    title = "No more can be given back than was taken"


class BalanceInsufficient(Conflict):
    """A guarded account's balance, with what is held, does not allow it."""

    code = "BALANCE_INSUFFICIENT"
    title = "The balance does not allow this"
