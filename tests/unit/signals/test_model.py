"""Values and invariants: prices, commitments, outcomes, access, policies."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from builders.signals import CANDLE_AT, NOW, TERMS, candle, signal
from kit.money import on_tick
from signals.model.access import FREE, STAFF, SUBSCRIBER, access_for
from signals.model.commitment import GENESIS, Head, Json, Sealed, canonical, payload_of
from signals.model.market import Candle, Split, divisor, seen_from
from signals.model.outcome import outcome
from signals.model.signal import NEXT, AnalystId, SignalId, Terms, horizon_of, identity
from treum_verify import canonical as verifiers_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEY = st.text(st.characters(max_codepoint=127))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEY, JSON, max_size=6))
def test_the_canonical_form_is_rfc_8785(value: dict[str, Json]) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)
    assert verifiers_canonical(value) == canonical(value)


@pytest.mark.parametrize("value", [{"a": 1.5}, {"a": 2**53}, {"é": 1}, {"a": "\ud800"}, {"a": [{"b": 0.1}]}])
def test_what_has_no_single_canonical_form_is_refused(value: dict[str, Json]) -> None:
    with pytest.raises(ValueError):
        canonical(value)


@given(st.decimals("0.01", "99999", places=6), st.sampled_from(["0.01", "0.05", "0.00001", "1"]))
def test_a_rounded_price_is_on_the_grid_and_at_most_half_a_tick_away(price: Decimal, step: str) -> None:
    tick = Decimal(step)

    rounded = on_tick(price, tick)

    assert rounded % tick == 0
    assert abs(rounded - price) <= tick / 2


def test_prices_off_the_grid_or_not_positive_make_no_terms() -> None:
    for changed in ({"entry": Decimal("100.005")}, {"stop": Decimal(0)}, {"confidence": 0}):
        with pytest.raises(ValueError):
            replace(TERMS, **changed)


def test_the_payload_holds_every_term() -> None:
    fields = set(Terms.__dataclass_fields__) | {"signal_id"}

    assert set(payload_of(signal())) == fields


def test_commitments_follow_one_another() -> None:
    first = Sealed(SignalId("s-1"), AnalystId("a"), "{}", bytes(32), NOW).numbered(Head())
    head = Head(first.number, first.link, first.committed_at)
    earlier = Sealed(SignalId("s-2"), AnalystId("a"), "{}", bytes(32), NOW - timedelta(seconds=1))

    second = earlier.numbered(head)

    assert (first.number, first.previous) == (1, GENESIS)
    assert (second.number, second.previous) == (2, first.link)
    assert second.committed_at == first.committed_at
    assert second.key == "commitments/a/000000002.json"


def test_the_same_decision_has_the_same_identity_and_sorts_by_its_candle() -> None:
    one = identity("AAPL", "1d", "s", CANDLE_AT)

    assert one == identity("AAPL", "1d", "s", CANDLE_AT)
    assert one != identity("MSFT", "1d", "s", CANDLE_AT)
    assert one < identity("AAPL", "1d", "s", CANDLE_AT + timedelta(seconds=1))


def test_a_signal_moves_forward_only() -> None:
    draft = signal()

    with pytest.raises(ValueError):
        draft.to("live")
    assert all(not NEXT[status] for status in ("screened_out", "target_hit", "stopped", "expired"))


def test_horizons_have_names() -> None:
    named = [horizon_of(timedelta(days=days)) for days in (1, 2, 42, 43)]

    assert named == ["intraday", "swing", "swing", "positional"]


SELL = replace(TERMS, side="sell", stop=Decimal("105.00"), targets=(Decimal("90.00"),))


@pytest.mark.parametrize(
    ("terms", "candles", "ending", "price"),
    [
        (TERMS, [candle(1, 99, 104), candle(2, 103, 111)], "target_hit", "110.00"),
        (TERMS, [candle(1, 99, 104), candle(2, 94, 101)], "stopped", "95.00"),
        (TERMS, [candle(1, 94, 111)], "stopped", "95.00"),
        (TERMS, [candle(1, 80, 93)], "stopped", "86.50"),
        (TERMS, [candle(1, 112, 118)], "target_hit", "115.00"),
        (TERMS, [candle(19, 99, 101), candle(20, 101, 103)], "expired", "102.00"),
        (SELL, [candle(1, 89, 101)], "target_hit", "90.00"),
        (SELL, [candle(1, 99, 106)], "stopped", "105.00"),
        (SELL, [candle(1, 106, 110)], "stopped", "108.00"),
    ],
)
def test_a_signal_ends_where_the_market_says(
    terms: Terms, candles: list[Candle], ending: str, price: str
) -> None:
    found = outcome(terms, candles)

    assert found is not None
    assert (found.ending, found.exit_price) == (ending, Decimal(price))
    assert found.at == candles[-1].closed_at


def test_a_signal_stays_live_between_stop_and_target() -> None:
    assert outcome(TERMS, [candle(day, 96, 109) for day in range(1, 20)]) is None


def test_excursions_are_the_most_for_and_against_until_the_end() -> None:
    found = outcome(TERMS, [candle(1, 97, 104), candle(2, 98, 108), candle(3, 94, 119)])

    assert found is not None
    assert (found.mfe, found.mae) == (Decimal("8.00"), Decimal("5.00"))


def test_a_gap_through_the_stop_loses_more_than_the_stop() -> None:
    found = outcome(TERMS, [candle(1, 80, 93)])

    assert found is not None
    assert found.mae == Decimal("13.50")


def test_a_split_makes_prices_comparable_in_both_directions() -> None:
    split = Split("AAPL", (CANDLE_AT + timedelta(days=2)).date(), Decimal(2))
    before, after = candle(1, 90, 110), candle(3, 45, 55)

    assert seen_from([before], [split], after.closed_at)[0].high == 55
    assert seen_from([after], [split], before.closed_at)[0].high == 110
    assert divisor([split], before.closed_at, before.closed_at) == 1


def test_a_split_does_not_stop_a_live_signal() -> None:
    split = Split("AAPL", (CANDLE_AT + timedelta(days=2)).date(), Decimal(2))
    halved = candle(3, 49, 52)
    assert outcome(TERMS, [halved]) is not None

    assert outcome(TERMS, seen_from([halved], [split], CANDLE_AT)) is None


LIVE = replace(signal(), status="live", published_at=NOW, day_rank=5)


@pytest.mark.parametrize(
    ("shown", "plan", "after", "visible"),
    [
        (LIVE, "free", timedelta(minutes=14, seconds=59), False),
        (LIVE, "free", timedelta(minutes=15), True),
        (replace(LIVE, day_rank=6), "free", timedelta(hours=9), False),
        (replace(LIVE, day_rank=6), "premium", timedelta(0), True),
        (replace(LIVE, day_rank=6), "enterprise", timedelta(0), True),
        (replace(LIVE, day_rank=6, status="stopped"), "free", timedelta(0), True),
        (signal(), "enterprise", timedelta(days=1), False),
        (LIVE, "unheard-of", timedelta(0), False),
    ],
)
def test_a_plan_shows_what_it_promises(shown: object, plan: str, after: timedelta, visible: bool) -> None:  # noqa: FBT001 - a table's column
    assert access_for(plan, staff=False).allows(shown, NOW + after) is visible  # type: ignore[arg-type]  # a row


def test_staff_sees_drafts_and_no_plan_does() -> None:
    assert STAFF.allows(signal(), NOW)
    assert not SUBSCRIBER.allows(signal(), NOW)
    assert access_for("free", staff=True) == STAFF
    assert access_for("free", staff=False) == FREE
