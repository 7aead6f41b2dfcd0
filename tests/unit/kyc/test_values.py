"""Numbers, documents, risk, tiers and what to do next: values and their limits."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.kyc import AADHAAR, NOW, PNG, in_memory, somebody
from kyc import policies
from kyc.model.details import Details, age, is_aadhaar, is_pan
from kyc.model.document import LARGEST, ContentType, flaw_of
from kyc.model.evidence import Answer, Hit, ListKind, Screened
from kyc.model.risk import NEEDED, Gathered, assess, findings, way_of
from kyc.model.tier import Standing, covers
from kyc.model.todo import todo_without

POLICY = policies.load().on(NOW.date())
ASHA = Details("Asha Rao", date(1990, 4, 1), "ABCPR1234F", "0124", "ref", "asha@example.com")
SOUND = Gathered({"pan": Answer("match"), "aadhaar": Answer("match")}, Screened(), 0)
PDF = b"%PDF-1.7\n" + b"1 0 obj << /Type /Catalog >> endobj\n" * 5 + b"%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"a picture " * 20 + b"\xff\xd9"


# ---- numbers ----


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ABCPR1234F", True),
        ("abcpr1234f", False),
        ("ABCCR1234F", False),  # a company's
        ("ABCPR123F4", False),
        ("ABCPR1234FF", False),
        ("ABCPR1234F\n", False),
        ("", False),
    ],
)
def test_a_pan_is_a_persons(text: str, is_one: object) -> None:
    assert is_pan(text) == is_one


@given(st.integers(0, 11), st.integers(0, 9))
def test_a_mistyped_digit_is_seen(place: int, digit: int) -> None:
    """Verhoeff finds every single error."""
    changed = AADHAAR[:place] + str(digit) + AADHAAR[place + 1 :]
    assert is_aadhaar(changed) == (changed == AADHAAR)


@given(st.integers(0, 10))
def test_two_digits_swapped_are_seen(place: int) -> None:
    """Verhoeff finds every swap of neighbours."""
    swapped = AADHAAR[:place] + AADHAAR[place + 1] + AADHAAR[place] + AADHAAR[place + 2 :]
    assert is_aadhaar(swapped) == (swapped == AADHAAR)


def test_an_aadhaar_number_has_twelve_digits_and_none_of_0_and_1_first() -> None:
    assert not is_aadhaar(AADHAAR[:-1])
    assert not is_aadhaar("x" * 12)
    assert [first for first in "0123" if any(is_aadhaar(first + AADHAAR[1:11] + last) for last in "0123456789")] == ["2", "3"]  # fmt: skip


def test_an_age_turns_on_the_birthday() -> None:
    assert [age(date(2008, 11, 22), date(2026, 11, day)) for day in (21, 22)] == [17, 18]


# ---- documents ----


@pytest.mark.parametrize(
    ("content", "content_type", "flaw"),
    [
        (PNG, "image/png", None),
        (JPEG, "image/jpeg", None),
        (PDF, "application/pdf", None),
        (None, "image/png", "DOCUMENT_MISSING"),
        (b"", "image/png", "DOCUMENT_SIZE"),
        (PNG[:99], "image/png", "DOCUMENT_SIZE"),
        (PNG + b"x" * LARGEST, "image/png", "DOCUMENT_SIZE"),
        (JPEG, "image/png", "DOCUMENT_TYPE"),
        (b"<svg onload=alert(1)>" * 10, "image/png", "DOCUMENT_TYPE"),
        (PNG[:-9], "image/png", "DOCUMENT_CUT_OFF"),
        (PDF[:-8], "application/pdf", "DOCUMENT_CUT_OFF"),
        (PDF.replace(b"/Type", b"/JavaScript"), "application/pdf", "DOCUMENT_ACTIVE_CONTENT"),
        (PDF.replace(b"/Type", b"/JS (x)"), "application/pdf", "DOCUMENT_ACTIVE_CONTENT"),
        (PDF.replace(b"/Type", b"/Encrypt"), "application/pdf", "DOCUMENT_ACTIVE_CONTENT"),
        (PDF.replace(b"/Type", b"/JSmith /JS1"), "application/pdf", None),
    ],
)
def test_a_document_is_judged_by_its_bytes(
    content: bytes | None, content_type: ContentType, flaw: str | None
) -> None:
    assert flaw_of(content, content_type) == flaw


@given(st.binary(max_size=400))
def test_no_bytes_break_the_judge(content: bytes) -> None:
    kinds: tuple[ContentType, ...] = ("image/png", "image/jpeg", "application/pdf")
    for kind in kinds:
        flaw_of(content, kind)


# ---- risk ----


def test_nothing_is_found_where_everything_fits() -> None:
    assert findings(ASHA, SOUND, NOW.date(), 18) == ()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"checks": {"pan": Answer("invalid"), "aadhaar": Answer("match")}}, ("PAN_INVALID",)),
        (
            {"checks": {"pan": Answer("mismatch"), "aadhaar": Answer("unavailable")}},
            ("AADHAAR_UNAVAILABLE", "PAN_MISMATCH"),
        ),
        ({"screened": None}, ("SCREENING_UNAVAILABLE",)),
        ({"others": 1}, ("PAN_USED_ELSEWHERE",)),
    ],
)
def test_each_finding_has_its_name(changed: dict[str, Any], found: tuple[str, ...]) -> None:
    assert findings(ASHA, replace(SOUND, **changed), NOW.date(), 18) == found


@pytest.mark.parametrize(
    ("kind", "strength", "found"),
    [
        ("sanctions", 90, "SANCTIONS_MATCH"),
        ("sanctions", 89, "SANCTIONS_POSSIBLE"),
        ("pep", 100, "POLITICALLY_EXPOSED"),
        ("adverse_media", 100, "ADVERSE_MEDIA"),
    ],
)
def test_a_hit_counts_by_list_and_strength(kind: ListKind, strength: int, found: str) -> None:
    screened = Screened((Hit(kind, "A list", strength),))
    assert findings(ASHA, replace(SOUND, screened=screened), NOW.date(), 18) == (found,)


def test_who_is_under_age_is_found() -> None:
    young = replace(ASHA, born=date(2008, 11, 22))
    assert findings(young, SOUND, date(2026, 11, 21), 18) == ("UNDER_AGE",)
    assert findings(young, SOUND, date(2026, 11, 22), 18) == ()


@given(st.sets(st.sampled_from(sorted(NEEDED))), st.sampled_from(sorted(NEEDED)))
def test_a_finding_more_never_lowers_the_risk(reasons: set[str], more: str) -> None:
    less, greater = POLICY.risk(tuple(sorted(reasons))), POLICY.risk(tuple(sorted({*reasons, more})))
    assert 0 <= less.score <= greater.score <= 100
    assert assess(sorted(reasons), POLICY.weights).score >= less.score


@given(st.sets(st.sampled_from(sorted(one for one in NEEDED if one.endswith("_UNAVAILABLE"))), min_size=1))
def test_an_outage_never_rejects_and_never_approves(reasons: set[str]) -> None:
    score = POLICY.risk(tuple(sorted(reasons))).score
    assert way_of(score, POLICY.review_above, POLICY.reject_above, video=False) == "review"


def test_each_limit_turns_at_its_number() -> None:
    ways = [way_of(score, 50, 80, video=False) for score in (0, 50, 51, 80, 81, 100)]
    assert ways == ["approve", "approve", "review", "review", "reject", "reject"]
    assert [way_of(score, 50, 80, video=True) for score in (50, 51, 81)] == ["video", "review", "reject"]


def test_what_must_be_rejected_or_looked_at_is() -> None:
    for reason, way in {
        "SANCTIONS_MATCH": "reject",
        "UNDER_AGE": "reject",
        "PAN_INVALID": "reject",
        "SANCTIONS_POSSIBLE": "review",
        "POLITICALLY_EXPOSED": "review",
        "PAN_USED_ELSEWHERE": "review",
        "ADVERSE_MEDIA": "approve",
    }.items():
        score = POLICY.risk((reason,)).score
        assert way_of(score, POLICY.review_above, POLICY.reject_above, video=False) == way, reason


# ---- policy ----


def test_the_policy_says_what_the_owner_said() -> None:
    rules = {one.tier: (one.limit, one.video) for one in POLICY.tiers}
    assert rules == {
        "basic": (50_000_00, False),
        "standard": (5_00_000_00, True),
        "unlimited": (None, True),
    }
    assert (POLICY.review_above, POLICY.reject_above) == (50, 80)
    assert (POLICY.valid_for, POLICY.review_within) == (timedelta(days=730), timedelta(hours=24))
    assert POLICY.retention["kyc"] >= timedelta(days=10 * 365.25)
    assert policies.load().on(date(2020, 1, 1)) == POLICY, "before the first, the first"
    with pytest.raises(LookupError):
        policies.load().named("kyc-0")


def _spoiled(**changed: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((policies.HERE / "kyc-2026-10-01.json").read_text())
    return found | changed


@pytest.mark.parametrize(
    "spoiled",
    [
        _spoiled(weights={"PAN_INVALID": 90}),
        _spoiled(review_above=90),
        _spoiled(unknown=1),
        _spoiled(since="soon"),
        {"version": "kyc-2"},
    ],
)
def test_a_policy_with_a_rule_too_many_or_too_few_is_refused_by_name(
    spoiled: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "kyc-2027-01-01.json").write_text(json.dumps(spoiled))
    with pytest.raises(ValueError, match=r"kyc-2027-01-01\.json"):
        policies.load(tmp_path)


# ---- tiers ----


def test_a_tier_covers_what_is_below_it() -> None:
    assert covers("standard", "basic")
    assert covers("standard", "standard")
    assert not covers("basic", "standard")
    assert not covers("none", "basic")


def test_a_tier_ends_at_its_moment() -> None:
    held = Standing(somebody(), "basic", NOW, "a", 1)
    assert held.at(NOW - timedelta(microseconds=1)) == "basic"
    assert held.at(NOW) == "none"


def test_a_redo_may_begin_ahead() -> None:
    held = Standing(somebody(), "basic", NOW, "a", 1)
    ahead = timedelta(days=60)
    assert todo_without(held, NOW - timedelta(days=61), ahead) == ("nothing",)
    assert todo_without(held, NOW - timedelta(days=60), ahead) == ("redo",)
    assert todo_without(held, NOW, ahead) == ("redo",)
    assert todo_without(Standing(somebody()), NOW, ahead) == ("apply",)


def test_an_applicant_is_told_what_to_do_next() -> None:
    desk = in_memory()
    one = desk.draft("standard")

    def next_() -> tuple[str, ...]:
        return desk.applying.overview(one.person).todo

    wanted = ("upload_pan_card", "upload_photo", "upload_address_proof")
    assert next_() == ("give_details", *wanted)
    filled = desk.filled(one)
    assert next_() == ("submit",)
    desk.applying.submit(one.id, one.person, filled.version)
    assert next_() == ("wait",)
    desk.drive(one.id)
    assert next_() == ("await_appointment",)
