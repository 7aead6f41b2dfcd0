"""A head that somebody wrote down, and a proof that somebody kept, pin the record; no file makes the verifier fall."""

import json
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import treum_verify
from builders.record import HOUSE, Proofs, Record, lived
from treum_verify.outcome import Market
from treum_verify.proof import canonical, link_of


def rewritten(proofs: Proofs) -> Proofs:
    """Return the record as a liar who owns every document would write it anew: its stop was wider, it says."""
    payload = json.loads(proofs[2]["payload"])
    payload["stop"] = "90.00"
    proofs[2] |= {"payload": canonical(payload), "status": "live", "exit_price": None, "closed_at": None}
    proofs[2]["hash"] = sha256(proofs[2]["payload"].encode() + bytes.fromhex(proofs[2]["nonce"])).hexdigest()
    for before, one in pairwise(proofs):
        one["previous"] = link_of(before)
    return proofs


def test_a_record_rewritten_whole_is_found_by_a_head_that_somebody_wrote_down() -> None:
    made = lived()
    head = made.reading.head(HOUSE)
    honest, lying = made.export(), rewritten(made.export())

    assert treum_verify.verify_record(honest, head=(head.number, head.hash)).holds
    assert treum_verify.verify_record(lying).holds
    for number in (3, 4):
        pinned = (number, link_of(honest[number - 1]))
        found = treum_verify.verify_record(lying, head=pinned).findings
        assert found == [
            f"{HOUSE}: number {number} is not the one written down: the record before it was changed since"
        ]
    short = treum_verify.verify_record(honest[:3], head=(head.number, head.hash)).findings
    assert short == [f"{HOUSE}: number 4 was written down as the head, and is not in the record"]


def test_a_void_contradicts_the_proof_that_a_subscriber_kept() -> None:
    made = Record()
    live = made.world.published()
    kept = made.export()
    lying = made.export()
    lying[0] |= {"status": "voided", "published_at": None, "void_reason": "OUTAGE"}
    sealed = made.world.commitments.find(live.id)
    assert sealed is not None
    lying[0] |= {"payload": sealed.sealed.canonical, "nonce": sealed.sealed.nonce.hex()}

    assert treum_verify.verify_record(lying).holds
    found = treum_verify.verify_record(lying, held=kept).findings

    assert len(found) == 1
    assert "voided as never published, but your proof shows it published" in found[0]
    assert "you hold a proof of it" in treum_verify.verify_record([], held=kept).findings[0]
    kept[0] |= {"hash": "00" * 32, "published_at": "2020-01-01T00:00:00Z"}
    assert len(treum_verify.verify_record(made.export(), held=kept).findings) == 2


MARKET = Market({}, {})
HONEST = lived()
PINNED = HONEST.reading.head(HOUSE)
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)
)
PRINTED = (
    "number",
    "hash",
    "previous",
    "committed_at",
    "algorithm",
    "analyst",
    "payload",
    "nonce",
    "signal_id",
)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(sorted(HONEST.export()[0])), ANYTHING),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_stands_in_a_file_is_told_and_never_a_crash(changes: list[tuple[int, str, Any]]) -> None:
    proofs = HONEST.export()
    for number, name, value in changes:
        proofs[number][name] = value

    report = treum_verify.verify_record(
        proofs, head=(PINNED.number, PINNED.hash), market=MARKET, held=HONEST.export()
    )

    assert report.checked == 4
    assert all(rate.win_rate is None or 0 <= rate.win_rate <= 1 for rate in report.rates.values())


@given(st.integers(0, 3), st.sampled_from(PRINTED), st.integers(0, 200), st.characters(codec="ascii"))
def test_no_letter_of_a_pinned_record_can_be_another(number: int, name: str, place: int, letter: str) -> None:
    proofs = HONEST.export()
    text = proofs[number][name]
    assume(text is not None)
    assume(name != "signal_id" or proofs[number]["payload"] is not None)  # hidden terms hide whose they are
    changed = str(text)
    place %= len(changed)
    changed = changed[:place] + letter + changed[place + 1 :]
    value: object = changed
    if isinstance(text, int):
        assume(changed.isascii() and changed.isdigit())
        value = int(changed)
    assume(value != text and not same_moment(name, changed, str(text)))
    proofs[number][name] = value

    found = treum_verify.verify_record(proofs, head=(PINNED.number, PINNED.hash)).findings

    assert found


def same_moment(name: str, one: str, other: str) -> bool:
    """Whether two texts of a time, or of bytes in hex, mean the same."""
    if name == "nonce":
        return one.lower() == other.lower()
    try:
        return name == "committed_at" and datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False
