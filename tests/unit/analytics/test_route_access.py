"""Who may call which operation: one line each, so that a new route or a wider one is a decision in the diff."""

from analytics.api import api

BOOKS = ("auditor",)
BY_ROLE = {
    "get_cohorts": BOOKS,
    "get_freshness": ("auditor", "support", "compliance"),
    "get_mrr": BOOKS,
    "get_revenue": BOOKS,
    "get_signal_accuracy": ("auditor", "compliance"),
    "get_subscription_counts": BOOKS,
    "list_figure_events": BOOKS,
}
SIGNED_IN = {"get_my_summary"}
"""One's own."""


def test_every_operation_is_open_to_whom_this_table_says() -> None:
    assert not [one.id for one in api.routes if one.access.public]
    assert {one.id: one.access.roles for one in api.routes if one.access.roles} == BY_ROLE
    assert {one.id for one in api.routes} == BY_ROLE.keys() | SIGNED_IN
