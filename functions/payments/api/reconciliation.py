"""What the reconciler found, for auditors and administrators."""

from datetime import timedelta

from kit import clock
from kit.http import Request, Routes, role
from payments import bootstrap
from payments.model.paper import IST
from payments.schemas.reconciliation import FindingView, ReconciliationView, RunView, SettlementView

routes = Routes()
_SHOWN = timedelta(days=7)


@routes.get(
    "/reconciliation",
    summary="Whether our books, the gateway's and what people may use agree; the settlements of a week",
    reply=ReconciliationView,
    access=role("auditor"),
)
def get_reconciliation(_request: Request) -> ReconciliationView:
    """Read the newest look, what differs now, and the last days by product line."""
    differing = bootstrap.reconciling.findings().open()
    run = bootstrap.reconciling.findings().last_run()
    since = (clock.now() - _SHOWN).astimezone(IST).date()
    return ReconciliationView(
        agree=not differing,
        run=RunView.model_validate(run) if run else None,
        differences=tuple(FindingView.model_validate(one) for one in differing),
        settlements=tuple(
            SettlementView.model_validate(one) for one in bootstrap.reconciling.matching().settlements(since)
        ),
    )
