"""What a payment gateway may refuse, and what its silence means."""

from kit.errors import Conflict, Malformed, Rejected, Retryable, TreumError


class PaymentDeclined(Rejected):
    """The bank did not give the money (402). ``decline`` is the bank's reason, ``ref`` the gateway's id."""

    status = 402
    code = "PAYMENT_DECLINED"
    title = "The payment was declined: try another card"

    def __init__(self, detail: str = "", *, decline: str = "", ref: str = "") -> None:
        super().__init__(detail)
        self.decline = decline
        self.ref = ref


class CustomerNeeded(PaymentDeclined):
    """The bank wants the customer to confirm the payment (402)."""

    code = "CUSTOMER_AUTHENTICATION_REQUIRED"
    title = "The bank asks the customer to confirm this payment"


class RefundRefused(Conflict):
    """More than was paid, or nothing was paid (409)."""

    code = "REFUND_EXCEEDS_PAYMENT"
    title = "That much was not paid, or has been given back already"


class PaymentNotOpen(Conflict):
    """The payment has gone on: it can no longer be captured, cancelled or paid (409)."""

    code = "PAYMENT_NOT_OPEN"
    title = "The payment is in another state by now"


class GatewayBusy(Retryable):
    """The gateway turned the call away; nothing happened (503)."""

    code = "GATEWAY_BUSY"
    title = "The payment gateway is busy: try again in a moment"


class GatewayAtWork(GatewayBusy):
    """A call under the same key is still at work there; nothing happened twice (503)."""

    code = "GATEWAY_AT_WORK"


class OutcomeUnknown(Retryable):
    """No answer came: it may have happened. Ask, then try again under the same key (503)."""

    code = "GATEWAY_OUTCOME_UNKNOWN"
    title = "The payment gateway did not answer: the outcome is looked up"


class GatewayMisused(TreumError):  # noqa: N818 - the tree is named for what happened
    """We asked for what the gateway does not take, or under a key that meant something else: a defect."""

    code = "GATEWAY_MISUSED"


class SignatureInvalid(Malformed):
    """Nobody who has the secret signed these bytes just now (400)."""

    code = "WEBHOOK_SIGNATURE_INVALID"
    title = "The webhook's signature does not fit its bytes, or is too old"


class NoticeUnreadable(Malformed):
    """Signed, but not an event (400)."""

    code = "WEBHOOK_UNREADABLE"
    title = "The webhook is not an event that can be read"
