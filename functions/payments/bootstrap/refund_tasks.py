"""The saga's tasks: they ask the gateway, write papers and send mail."""

from functools import cache

from payments.adapters.ends import GatewayEnds
from payments.adapters.mail import MailNotifier
from payments.bootstrap import gateway, orders, refunds
from payments.bootstrap.invoicing import invoicing
from payments.bootstrap.stores import database, ledger
from payments.bootstrap.subscriptions import subscriptions
from payments.service.refunding.papers import Letters, Notes
from payments.service.refunding.paying import Paying
from payments.service.refunding.saga import Saga


@cache
def ends() -> GatewayEnds:
    """Return what ends subscriptions."""
    return GatewayEnds(subscriptions(), gateway.subscriptions())


@cache
def saga() -> Saga:
    """Return the saga."""
    return Saga(
        refunds=refunds.refunds(),
        payments=orders.payments(),
        ledger=ledger(),
        access=refunds.access(),
        paying=Paying(gateway.payments(), gateway.reader()),
        ends=ends(),
        notes=Notes(invoicing(), refunds.refunds()),
        letters=Letters(orders.profiles(), MailNotifier(database())),
        due=orders.due(),
        together=orders.payments().together,
    )
