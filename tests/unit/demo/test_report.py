"""The demo's last line: its schema, what it calls a failure, and the auditor's notebook."""

import json
from dataclasses import replace

import jsonschema
import pytest

from demo.identity_report import IdentityReport
from demo.money_report import MoneyReport
from demo.people import Client, Person
from demo.report import SCHEMA, Report, line, percentile
from demo.subscriber import Subscriber
from treum_client import Gap

GOOD = Report(
    signals_generated=20,
    signals_screened_out=8,
    signals_published=12,
    signals_unfinished=0,
    subscribers=4,
    frames_received=48,
    publish_to_frame_ms_p50=9.5,
    publish_to_frame_ms_p99=40.0,
    drops_forced=3,
    gaps_undetected=0,
    gap_frames=0,
    duplicates_undetected=0,
    proofs_verified=12,
    proofs_failed=0,
    seconds=30.0,
)

KNOWN = IdentityReport(
    second_factors=1,
    provider_sign_ins=1,
    kyc_auto_approved=1,
    kyc_reviewed=1,
    forged_tokens_tried=1500,
    forged_tokens_accepted=0,
    limit_overshoot=0,
    webhooks_replayed=1,
)

PAID = MoneyReport(
    payments_captured=16,
    webhooks_delivered=120,
    webhooks_duplicated=120,
    trial_balance_paise=0,
    ledger_equals_gateway=True,
    refunds=1,
    renewals=12,
    dunning_recovered=1,
    year_played=True,
    payment_to_socket_ms=640.0,
    audit_events=300,
    audit_verified=True,
)


def test_the_line_fits_its_schema_and_a_line_without_a_count_does_not() -> None:
    schema = json.loads(SCHEMA.read_text())
    told = json.loads(line(GOOD, KNOWN, PAID))
    jsonschema.validate(told, schema)

    for name in ("proofs_failed", "limit_overshoot", "trial_balance_paise"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({key: told[key] for key in told if key != name}, schema)


def test_a_run_where_all_held_has_no_failures() -> None:
    assert GOOD.failures() + KNOWN.failures() + PAID.failures() == []


def test_without_a_provider_nobody_has_to_sign_in_by_one() -> None:
    assert replace(KNOWN, provider_sign_ins=-1).failures() == []


def test_without_a_year_nothing_has_to_renew() -> None:
    assert replace(PAID, year_played=False, renewals=0, dunning_recovered=0).failures() == []


@pytest.mark.parametrize(
    "broken",
    [
        {"payments_captured": 0},
        {"webhooks_duplicated": 0},
        {"trial_balance_paise": -1},
        {"trial_balance_paise": 1},
        {"ledger_equals_gateway": False},
        {"refunds": 0},
        {"renewals": 11},
        {"dunning_recovered": 0},
        {"payment_to_socket_ms": 2001.0},
        {"audit_verified": False},
    ],
)
def test_anything_about_money_that_did_not_hold_is_said(broken: dict[str, int]) -> None:
    assert len(replace(PAID, **broken).failures()) == 1  # type: ignore[arg-type]  # one field of each type


@pytest.mark.parametrize(
    "broken",
    [
        {"second_factors": 0},
        {"provider_sign_ins": 0},
        {"kyc_auto_approved": 0},
        {"kyc_reviewed": 0},
        {"forged_tokens_tried": 0},
        {"forged_tokens_accepted": 1},
        {"limit_overshoot": 1},
        {"limit_overshoot": -1},
        {"webhooks_replayed": 0},
    ],
)
def test_anything_about_identity_that_did_not_hold_is_said(broken: dict[str, int]) -> None:
    assert len(replace(KNOWN, **broken).failures()) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"signals_published": 0, "frames_received": 0},
        {"drops_forced": 0},
        {"signals_unfinished": 1},
        {"gaps_undetected": 1},
        {"duplicates_undetected": 1},
        {"proofs_failed": 1},
        {"proofs_verified": 11},
        {"frames_received": 47},
    ],
)
def test_anything_that_did_not_hold_is_said(broken: dict[str, int]) -> None:
    assert replace(GOOD, **broken).failures()


def test_percentiles_of_nothing_one_and_many() -> None:
    assert percentile([], 0.5) == 0.0
    assert percentile([7.0], 0.99) == 7.0
    assert percentile([float(one) for one in range(1, 102)], 0.5) == pytest.approx(51.0, abs=0.2)


def subscriber_with(offsets: list[int], gaps: list[Gap] | None = None) -> Subscriber:
    person = Person("a@example.com", "", "1", Client("http://127.0.0.1:1"), {})
    one = Subscriber(person, "ws://127.0.0.1:1/live")
    one.offsets += offsets
    one.gaps += gaps or []
    return one


def test_the_notebook_finds_a_planted_gap_and_a_planted_duplicate() -> None:
    assert subscriber_with([3, 4, 5]).missing() == 0
    assert subscriber_with([3, 5]).missing() == 1
    assert subscriber_with([3, 4, 4]).doubled() == 1


def test_a_gap_that_was_told_is_not_an_undetected_one() -> None:
    assert subscriber_with([3, 6], [Gap("signals", 4, 5, "/api/v1/signals")]).missing() == 0
