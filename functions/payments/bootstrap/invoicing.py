"""What issues papers, under our name, address and number."""

from dataclasses import dataclass
from functools import cache

from kit import settings
from payments.bootstrap import orders
from payments.bootstrap.papers import papers
from payments.bootstrap.stores import ledger
from payments.model.paper import Party
from payments.model.profile import gstin_weakness
from payments.service.invoicing import Invoicing


@dataclass(frozen=True, slots=True)
class SellerSettings:
    """Who we are on papers. ``seller_address``: lines separated by ``|``; ``seller_gstin`` of the state."""

    seller_name: str
    seller_address: str
    seller_gstin: str
    seller_state: str = "MH"


def seller() -> Party:
    """Return who we are. Raises ``SettingsError`` for a number that is none: no invoice is valid with it."""
    own = settings.load(SellerSettings)
    weakness = gstin_weakness(own.seller_gstin, own.seller_state)
    if weakness is not None:
        raise settings.SettingsError(f"SELLER_GSTIN: {weakness}")
    lines = (line.strip() for line in own.seller_address.split("|"))
    return Party(own.seller_name, own.seller_state, "\n".join(lines), own.seller_gstin)


@cache
def invoicing() -> Invoicing:
    """Return what issues papers; the refund saga asks it for credit notes."""
    return Invoicing(
        papers(),
        orders.payments(),
        orders.profiles(),
        ledger(),
        orders.due(),
        orders.offers(),
        seller(),
        orders.payments().together,
    )
