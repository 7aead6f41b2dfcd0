"""Who may call which operation: one line each, so that a new route or a wider one is a decision in the diff."""

from kit.http import Idempotency
from kyc.api import api

SIGNED_IN = {
    "get_kyc",
    "begin_kyc_application",
    "put_kyc_details",
    "offer_kyc_document",
    "submit_kyc_application",
}
"""One's own alone."""
COMPLIANCE = {
    *("list_kyc_applications", "get_kyc_application", "list_kyc_decisions"),
    *("open_kyc_dossier", "open_kyc_document"),  # with a reason, recorded
    *("take_kyc_application", "propose_kyc_outcome", "check_kyc_proposal"),  # maker and checker differ
    *("put_kyc_appointment", "record_kyc_video"),
}


def test_every_operation_is_open_to_whom_this_table_says() -> None:
    assert not [one.id for one in api.routes if one.access.public]
    assert {one.id: one.access.roles for one in api.routes if one.access.roles} == dict.fromkeys(
        COMPLIANCE, ("compliance",)
    )
    assert {one.id for one in api.routes} == SIGNED_IN | COMPLIANCE


def test_every_decision_has_a_key() -> None:
    keyed = {one.id for one in api.routes if one.idempotency is Idempotency.REQUIRED}
    assert keyed == {"propose_kyc_outcome", "check_kyc_proposal", "record_kyc_video"}


def test_what_costs_or_discloses_is_counted_and_stops_without_a_count() -> None:
    strict = {one.id for one in api.routes if one.rate and one.rate.strict}
    assert strict == {"put_kyc_details", "open_kyc_dossier", "open_kyc_document"}
