"""One call to Stripe: its errors become ours, an answer that did not come is looked up.

The package's own retries are off: they would hide from us that an outcome is unknown.
"""

from collections.abc import Callable
from typing import Final, NoReturn, TypeVar

import stripe
from stripe._base_address import BaseAddresses

from payments.errors.gateway import (
    CustomerNeeded,
    GatewayAtWork,
    GatewayBusy,
    GatewayMisused,
    OutcomeUnknown,
    PaymentDeclined,
    PaymentNotOpen,
    RefundRefused,
)

T = TypeVar("T")
_CONNECT_S: Final = 3.0
_SERVER_ERROR: Final = 500
_CONFLICT: Final = 409
_ASKS: Final = "authentication_required"
_STATES: Final = frozenset(
    {"payment_intent_unexpected_state", "invoice_already_paid", "checkout_session_not_open"}
)


class Stripe:
    """``api_key`` returns the secret key, read anew when asked to; ``base`` replaces Stripe's own address.

    ``timeout_s`` is how long one answer may take: well below the deadline of whoever calls.
    """

    def __init__(self, api_key: Callable[[bool], str], base: str = "", *, timeout_s: float = 8.0) -> None:
        self._api_key = api_key
        self._addresses: BaseAddresses = {"api": base.rstrip("/")} if base else {}
        self._http = stripe.RequestsClient(timeout=(_CONNECT_S, timeout_s))
        self._known: tuple[str, stripe.StripeClient] | None = None

    def call(self, act: Callable[[stripe.StripeClient], T]) -> T:
        """Return what ``act`` returns; a key that was rotated is taken up once."""
        try:
            try:
                return act(self._client(fresh=False))
            except stripe.AuthenticationError:
                return act(self._client(fresh=True))
        except stripe.StripeError as error:
            _translate(error)

    def find(self, act: Callable[[stripe.StripeClient], T]) -> T | None:
        """Return what ``act`` reads, None where there is no such thing."""

        def read(client: stripe.StripeClient) -> T | None:
            try:
                return act(client)
            except stripe.InvalidRequestError as error:
                if error.code == "resource_missing":
                    return None
                raise

        try:
            return self.call(read)
        except OutcomeUnknown as error:  # nothing can have happened by reading
            raise GatewayBusy(str(error)) from error

    def settle(self, act: Callable[[stripe.StripeClient], T], look_up: Callable[[], T | None]) -> T:
        """Do ``act``; when its outcome is unknown, return what ``look_up`` finds, else do it again, once.

        ``act`` carries its idempotency key, so that doing it again cannot do it twice.
        """
        try:
            return self.call(act)
        except OutcomeUnknown:
            found = look_up()
            return self.call(act) if found is None else found

    def _client(self, *, fresh: bool) -> stripe.StripeClient:
        key = self._api_key(fresh)
        if self._known is None or self._known[0] != key:
            client = stripe.StripeClient(
                key, http_client=self._http, base_addresses=self._addresses, max_network_retries=0
            )
            self._known = (key, client)
        return self._known[1]


def _translate(error: stripe.StripeError) -> NoReturn:
    """Raise ours for Stripe's (docs.stripe.com/api/errors)."""
    status, code = error.http_status or 0, error.code or ""
    if isinstance(error, stripe.CardError):
        raise _declined(error) from error
    if status == _CONFLICT:
        raise GatewayAtWork from error
    if isinstance(error, stripe.RateLimitError):
        raise GatewayBusy from error
    if isinstance(error, stripe.APIConnectionError) or status >= _SERVER_ERROR:
        raise OutcomeUnknown from error
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        raise GatewayBusy("The payment gateway does not take our key", retry_after_s=60) from error
    if code in _STATES:
        raise PaymentNotOpen from error
    if code == "charge_already_refunded" or "greater than unrefunded amount" in str(error):
        raise RefundRefused from error
    raise GatewayMisused(f"Stripe refused our request ({code or status}): {error.user_message}") from error


def _declined(error: stripe.CardError) -> PaymentDeclined:
    told = error.error
    decline = getattr(told, "decline_code", None) or error.code or ""
    intent = getattr(told, "payment_intent", None)
    kind = CustomerNeeded if _ASKS in {error.code, decline} else PaymentDeclined
    return kind(decline=decline, ref=getattr(intent, "id", "") or "")
