"""What is refused of those who buy. Nothing was charged when one of these is raised."""

from kit.errors import Conflict, Invalid, NotFound
from payments.errors.ledger import BalanceInsufficient


class OfferUnknown(NotFound):
    """Nothing is sold under this sku today (404)."""

    code = "OFFER_UNKNOWN"
    title = "This is not for sale: see /plans and /offers"


class ProfileMissing(Conflict):
    """Nobody knows where the invoice goes and which tax applies (409)."""

    code = "PROFILE_MISSING"
    title = "Fill in your billing profile first: PUT /billing/profile"


class ProfileUnknown(NotFound):
    """The caller has no billing profile yet (404)."""

    code = "PROFILE_UNKNOWN"
    title = "You have no billing profile yet: PUT /billing/profile"


class GstinInvalid(Invalid):
    """The number is not one, or not of this state (422)."""

    code = "GSTIN_INVALID"
    title = "This GSTIN is not valid for the state"


class AddressMissing(Invalid):
    """A business's invoice names where it is (422)."""

    code = "ADDRESS_MISSING"
    title = "An invoice with a GSTIN needs the business's address"


class KycRequired(Conflict):
    """Research services are for clients who are known (409)."""

    code = "KYC_REQUIRED"
    title = "Research services need your identity check first; nothing was charged"


class FeeCapReached(Conflict):
    """The law bounds what one client pays for research services a year (409)."""

    code = "FEE_CAP_REACHED"
    title = "This would exceed ₹1,51,000 a year for research services, the most the law allows"


class AlreadyOwned(Conflict):
    """The caller has what they want to buy (409)."""

    code = "ALREADY_OWNED"
    title = "You have this already; nothing was charged"


class NotFromWallet(Conflict):
    """A wallet buys courses; a subscription is paid by card (409)."""

    code = "NOT_FROM_WALLET"
    title = "A wallet pays for courses only: POST /checkouts"


class WalletShort(BalanceInsufficient):
    """The wallet holds less than this costs (409)."""

    title = "Your wallet holds less than this costs: top it up, or pay by card"


class PaymentUnknown(NotFound):
    """No payment of this person has this id (404)."""

    code = "PAYMENT_UNKNOWN"
    title = "There is no such payment"
