"""Entry of the consumer of ``privacy-events``: this domain's part of an export, and its erasure."""

from analytics.bootstrap import contributor as wiring
from kit.privacy import publishing
from kit.privacy.contributing import ContributorConsumer

handler = ContributorConsumer(
    wiring.contributing, wiring.database, "analytics", after=publishing.after(wiring.relay)
).handler
