"""What is refused about refunds."""

from kit.errors import Conflict, Forbidden, Invalid, NotFound


class RefundNotFound(NotFound):
    """Absent, or somebody else's (404)."""

    code = "REFUND_NOT_FOUND"
    title = "There is no such refund"


class RefundUnderWay(Conflict):
    """One refund of a payment at a time (409)."""

    code = "REFUND_UNDER_WAY"
    title = "A refund of this payment is under way: wait until it has ended"


class RefundNotPossible(Conflict):
    """The rules give nothing back (409)."""

    code = "REFUND_NOT_POSSIBLE"
    title = "Nothing of this payment can be given back by the rules"


class RefundTooLarge(Invalid):
    """More than was quoted, or than is left (422)."""

    code = "REFUND_TOO_LARGE"
    title = "That is more than can be given back: ask for the quote"


class RefundNotOpen(Conflict):
    """Somebody has decided already (409)."""

    code = "REFUND_NOT_OPEN"
    title = "This refund was decided about already"


class OwnRefund(Forbidden):
    """Whoever asked for it, or gets the money, does not decide (403)."""

    code = "OWN_REFUND"
    title = "Somebody else has to decide about this refund"


class OverrideNotYours(Forbidden):
    """Only support goes beyond the quote (403)."""

    code = "OVERRIDE_NOT_ALLOWED"
    title = "Only support may refund more than the quote"
