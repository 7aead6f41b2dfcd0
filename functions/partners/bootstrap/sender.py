"""The sender: deliveries that are due, and notices to owners."""

from functools import cache

from kit.aws import mail
from kit.pages import home
from partners.adapters.chance import SystemChance
from partners.adapters.courier import PinnedCourier
from partners.adapters.postgres import PostgresQueue
from partners.bootstrap import stores
from partners.service.noticing import Noticing
from partners.service.pumping import Pump
from partners.service.sending import Sending


@cache
def pump() -> Pump:
    """Return what keeps attempts going."""
    sending = Sending(
        PostgresQueue(stores.database()), stores.endpoints(), stores.sealer(), SystemChance(), stores.reach()
    )
    return Pump(sending, PinnedCourier(stores.reach()))


@cache
def noticing() -> Noticing:
    """Return what tells owners."""
    return Noticing(stores.endpoints(), stores.sealer(), mail.send_email, home())
