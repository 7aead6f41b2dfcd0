"""Who may call which operation: one line each, so that a new route or a wider one is a decision in the diff."""

from kit.http import Idempotency
from privacy.api import api

SIGNED_IN = {
    "get_privacy",
    "request_export",
    "get_export",
    "request_erasure",
    "get_erasure",
    "cancel_erasure",
}
"""One's own alone."""
COMPLIANCE = {"list_holds", "set_hold", "release_hold"}
"""Whoever set a hold does not release it."""


def test_every_operation_is_open_to_whom_this_table_says() -> None:
    assert not [one.id for one in api.routes if one.access.public]
    assert not [one.id for one in api.routes if one.access.scope], "no API key reads or erases a person"
    assert {one.id: one.access.roles for one in api.routes if one.access.roles} == dict.fromkeys(
        COMPLIANCE, ("compliance",)
    )
    assert {one.id for one in api.routes} == SIGNED_IN | COMPLIANCE


def test_a_copy_of_everything_and_an_erasure_want_a_fresh_confirmation() -> None:
    assert {one.id for one in api.routes if one.access.step_up_s} == {"request_export", "request_erasure"}


def test_every_request_has_a_key() -> None:
    keyed = {one.id for one in api.routes if one.idempotency is Idempotency.REQUIRED}
    assert keyed == {one.id for one in api.routes if one.method == "POST"}
