"""The HTTP API's changes of signals: drafts by hand, cancellation, recall, revision."""

from functools import cache

from signals import bootstrap
from signals.bootstrap import stores
from signals.service.amending import Amending
from signals.service.drafting import Proposal
from signals.service.proposing import Proposing
from signals.service.revising import Change

__all__ = ["Change", "Proposal", "amending", "proposing"]


@cache
def proposing() -> Proposing:
    """Return drafting by hand."""
    return Proposing(
        book=stores.book(),
        candles=stores.candles(),
        reference=stores.reference(),
        signers=stores.signers(),
        policies=stores.rules(),
    )


@cache
def amending() -> Amending:
    """Return what people change; a workflow is woken after the commit."""
    return Amending(
        book=stores.book(),
        revisions=stores.revisions(),
        candles=stores.candles(),
        reference=stores.reference(),
        signers=stores.signers(),
        workflow=bootstrap.api.machine(),
        policies=stores.rules(),
        after=stores.database().on_commit,
    )
