"""Entry of the consumer of ``privacy-events``: this domain's part of an export, and its erasure."""

from kit.privacy import publishing
from kit.privacy.contributing import ContributorConsumer
from realtime.bootstrap import contributor as wiring

handler = ContributorConsumer(
    wiring.contributing, wiring.database, "realtime", after=publishing.after(wiring.relay)
).handler
