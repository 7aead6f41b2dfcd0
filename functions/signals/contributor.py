"""Entry of the consumer of ``privacy-events``: this domain's part of an export, and its erasure."""

from kit.privacy.contributing import ContributorConsumer
from signals.bootstrap import contributor as wiring

handler = ContributorConsumer(wiring.contributing, wiring.database, "signals").handler
