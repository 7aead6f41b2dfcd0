"""Stripe's documented test cards (docs.stripe.com/testing): what each number and ``pm_card_…`` does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """``declines`` is (error code, decline code, sentence). ``asks``: never, once (until set up) or always.

    ``on_session`` pays at the page and fails later without the customer; ``disputed`` is claimed back.
    """

    number: str
    names: tuple[str, ...]
    declines: tuple[str, str | None, str] | None = None
    asks: str = "never"
    fails_later: bool = False
    disputed: bool = False
    brand: str = "visa"
    country: str = "US"

    @property
    def last4(self) -> str:
        """What may be shown of it."""
        return self.number[-4:]


_DECLINED = "Your card was declined."
_CARDS = (
    Card("4242424242424242", ("pm_card_visa",)),
    Card("5555555555554444", ("pm_card_mastercard",), brand="mastercard"),
    Card("4000003560000008", ("pm_card_in",), country="IN"),
    Card(
        "4000000000000002",
        ("pm_card_chargeDeclined", "pm_card_visa_chargeDeclined"),
        ("card_declined", "generic_decline", _DECLINED),
    ),
    Card(
        "4000000000009995",
        ("pm_card_chargeDeclinedInsufficientFunds", "pm_card_visa_chargeDeclinedInsufficientFunds"),
        ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ),
    Card(
        "4000000000009987",
        ("pm_card_visa_chargeDeclinedLostCard",),
        ("card_declined", "lost_card", _DECLINED),
    ),
    Card(
        "4000000000009979",
        ("pm_card_visa_chargeDeclinedStolenCard",),
        ("card_declined", "stolen_card", _DECLINED),
    ),
    Card(
        "4000000000000069",
        ("pm_card_chargeDeclinedExpiredCard",),
        ("expired_card", None, "Your card has expired."),
    ),
    Card(
        "4000000000000127",
        ("pm_card_chargeDeclinedIncorrectCvc",),
        ("incorrect_cvc", None, "Your card's security code is incorrect."),
    ),
    Card(
        "4000000000000119",
        ("pm_card_chargeDeclinedProcessingError",),
        (
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    Card("4000000000000341", ("pm_card_chargeCustomerFail",), fails_later=True),
    Card("4000002500003155", ("pm_card_authenticationRequiredOnSetup",), asks="once"),
    Card(
        "4000002760003184", ("pm_card_authenticationRequired", "pm_card_threeDSecure2Required"), asks="always"
    ),
    Card(
        "4000008260003178",
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",),
        ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
        asks="always",
    ),
    Card("4000000000000259", ("pm_card_createDispute",), disputed=True),
)
BY_NUMBER = {card.number: card for card in _CARDS}
BY_NAME = {name: card for card in _CARDS for name in card.names}
OFFERED = (
    ("4242 4242 4242 4242", "pays"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0027 6000 3184", "asks for 3-D Secure each time"),
    ("4000 0025 0000 3155", "asks for 3-D Secure when it is set up"),
    ("4000 0000 0000 0341", "pays now, fails at the renewal"),
)
LATER_DECLINE = ("card_declined", "generic_decline", _DECLINED)
