"""Who may call which operation: one line each, so that a new route or a wider one is a decision in the diff."""

from payments.api import api

PUBLIC = {
    *("list_plans", "list_offers"),  # prices are everybody's
    "receive_stripe_webhook",  # its signature lets it in
}
BY_ROLE = {
    "approve_refund": ("support",),  # other than the requester: tests/unit/payments
    "decline_refund": ("support",),
    "get_account_statement": ("auditor",),
    "get_reconciliation": ("auditor",),
    "get_trial_balance": ("auditor",),
    "summarize_invoices": ("auditor",),
}
SIGNED_IN = {
    *("get_billing_profile", "put_billing_profile", "get_billing_limit", "make_quote", "open_checkout"),
    *("list_payments", "get_payment"),  # support sees anybody's: tests/integration/payments/test_access.py
    *("quote_refund", "request_refund", "list_refunds", "read_refund"),
    *("list_invoices", "get_invoice", "get_invoice_pdf"),  # support and auditors see anybody's
    *("get_wallet", "list_wallet_lines", "buy_from_wallet", "get_entitlements"),
    *("list_subscriptions", "get_subscription", "quote_subscription_change", "change_subscription"),
    *("cancel_subscription", "resume_subscription"),
}
"""Own things, or what everybody signed in may see."""


def test_every_operation_is_open_to_whom_this_table_says() -> None:
    assert {one.id for one in api.routes if one.access.public} == PUBLIC
    assert {one.id: one.access.roles for one in api.routes if one.access.roles} == BY_ROLE
    assert {one.id for one in api.routes} == PUBLIC | BY_ROLE.keys() | SIGNED_IN


def test_what_takes_money_counts_in_one_bucket_and_stops_without_it() -> None:
    """Ten transactions an hour over all of them; without Redis nobody pays."""
    rates = {one.id: one.rate for one in api.routes if one.rate and one.rate.name == "transactions"}
    assert rates.keys() == {"open_checkout", "buy_from_wallet", "change_subscription"}
    assert {(rate.limit, rate.window_s, rate.strict) for rate in rates.values()} == {(10, 3600, True)}
