"""What the API and the tasks share of credentials: who is written to, changes of addresses, locks."""

from functools import cache

from kit.aws import mail
from kit.pages import home
from users.adapters.mail import MailSender
from users.adapters.postgres import PostgresAddressChanges, PostgresLocks
from users.adapters.randomness import HmacDigests, SystemChance
from users.bootstrap import stores
from users.service.address_change import AddressChanging
from users.service.locks import LockKeeping
from users.service.notices import Notices


@cache
def sender() -> MailSender:
    """Return what writes to people."""
    return MailSender(mail.send_email, mail.send_sms, home())


@cache
def notices() -> Notices:
    """Return what tells owners what was done to their accounts."""
    return Notices(sender())


@cache
def digests() -> HmacDigests:
    """Return the keyed digests."""
    return HmacDigests(stores.signing_secret().digest_key)


@cache
def locks() -> LockKeeping:
    """Return the keeping of locks."""
    return LockKeeping(stores.accounts(), PostgresLocks(stores.database(), stores.outbox()), notices())


@cache
def address_changing() -> AddressChanging:
    """Return the use cases of another address."""
    return AddressChanging(
        accounts=stores.accounts(),
        changes=PostgresAddressChanges(stores.database(), stores.outbox()),
        digests=digests(),
        chance=SystemChance(),
        sender=sender(),
        notices=notices(),
        mirror=stores.mirror(),
    )
