"""Who may call which operation: one line each, so that a new route or a wider one is a decision in the diff."""

from signals.api import api

ANALYST, OFFICERS = ("analyst",), ("approver", "compliance")
STAFF = (*ANALYST, *OFFICERS)
PUBLIC = {
    "export_commitments",  # promises are everybody's
    "get_head",
    "list_commitments",
    "receive_alert",  # the secret in its body lets it in
}
BY_ROLE = {
    "assign_account": ("compliance",),
    "cancel_signal": STAFF,
    "count_signals": STAFF,
    "decide_approval": STAFF,
    "decide_revision": STAFF,
    "draft_signal": ANALYST,
    "get_feedback_summary": STAFF,
    "list_decisions": STAFF,
    "list_market_data_quality": STAFF,
    "list_revisions": STAFF,
    "recall_signal": STAFF,
    "revise_signal": ANALYST,
    "void_promise": OFFICERS,
}
SIGNED_IN = {
    *(
        "list_signals",
        "list_live_signals",
        "get_signal",
        "get_proof",
        "get_performance",
    ),  # by plan: model/access.py
    *("list_history", "export_signals"),  # the plan decides
    *("list_instruments", "get_instrument", "list_candles", "get_quote"),
    *("list_indicators", "list_indicator_values", "list_strategies"),
    *("give_feedback", "get_feedback", "get_subscriptions", "replace_subscriptions", "clear_subscriptions"),
    *(
        "create_webhook",
        "list_webhooks",
        "rotate_webhook_secret",
        "change_webhook_template",
        "revoke_webhook",
    ),
    *("list_alerts", "order_backtest", "list_backtests", "get_backtest", "cancel_backtest"),
    *("get_backtest_report", "get_backtest_page", "get_backtest_paper"),
}
"""Own things, or what everybody signed in may see."""


def test_every_operation_is_open_to_whom_this_table_says() -> None:
    assert {one.id for one in api.routes if one.access.public} == PUBLIC
    assert {one.id: one.access.roles for one in api.routes if one.access.roles} == BY_ROLE
    assert {one.id for one in api.routes} == PUBLIC | BY_ROLE.keys() | SIGNED_IN
