"""How signals end on any candles: where an exit may lie, what excursions are, and that redelivery changes nothing."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.signals import CANDLE_AT, NOW, TERMS, World, candle
from signals.model.market import Candle
from signals.model.outcome import excursions, in_force, outcome
from signals.model.signal import Revision, Terms

SELL = replace(TERMS, side="sell", stop=Decimal("105.00"), targets=(Decimal("90.00"), Decimal("80.00")))
PRICE = st.integers(8000, 12500).map(lambda cents: Decimal(cents) / 100)


@st.composite
def paths(draw: st.DrawFn) -> list[Candle]:
    """Return daily candles with any gaps between them, after the signal's own."""
    made: list[Candle] = []
    for day in range(1, draw(st.integers(1, 25)) + 1):
        opened, closed, one, other = (draw(PRICE) for _ in range(4))
        low, high = min(opened, closed, one, other), max(opened, closed, one, other)
        shape = {"open": opened, "close": closed, "low": low, "high": high}
        made.append(replace(candle(day, 100, 101), **shape))  # type: ignore[arg-type]  # prices only
    return made


@given(st.sampled_from([TERMS, SELL]), paths())
def test_an_exit_is_a_price_that_was_traded_at_the_promised_level_or_at_a_gaps_open(
    terms: Terms, path: list[Candle]
) -> None:
    found = outcome(terms, path)

    if found is None:
        assert all(one.closed_at < terms.expires_at for one in path)
        return
    last = next(one for one in path if one.closed_at == found.at)
    assert last.low <= found.exit_price <= last.high
    allowed = {
        "stopped": {terms.stop, last.open},
        "target_hit": {terms.targets[0], last.open},
        "expired": {last.close},
    }
    assert found.exit_price in allowed[found.ending]
    gain = (found.exit_price - terms.entry) * terms.direction
    assert (gain < 0) if found.ending == "stopped" else (gain > 0 or found.ending == "expired")


@given(st.sampled_from([TERMS, SELL]), paths())
def test_excursions_are_never_negative_and_hold_the_result_between_them(
    terms: Terms, path: list[Candle]
) -> None:
    found = outcome(terms, path)
    mfe, mae = excursions(terms, path)

    assert mfe >= 0 >= -mae
    if found is not None:
        gain = (found.exit_price - terms.entry) * terms.direction
        assert 0 <= found.mfe <= mfe
        assert 0 <= found.mae <= mae
        assert -found.mae <= gain <= found.mfe or found.ending == "expired"


@given(st.sampled_from([TERMS, SELL]), paths())
def test_what_comes_after_the_end_changes_nothing(terms: Terms, path: list[Candle]) -> None:
    found = outcome(terms, path)

    if found is not None:
        until = [one for one in path if one.closed_at <= found.at]
        assert outcome(terms, until) == found
        assert outcome(terms, until[:-1]) is None


@settings(max_examples=40)
@given(paths(), st.randoms(use_true_random=False))
def test_the_watcher_ends_a_signal_alike_however_its_candles_are_delivered(
    path: list[Candle], chance: object
) -> None:
    ends = []
    for shuffled in (False, True):
        world = World()
        live = world.published()
        batch = list(path)
        if shuffled:
            chance.shuffle(batch)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
        world.take(batch)
        world.take(path[: len(path) // 2])
        world.take(path)
        ends.append(world.book.find(live.id))

    assert ends[0] == ends[1]
    assert ends[0] is not None
    found = outcome(TERMS, path)
    assert (ends[0].exit_price, ends[0].mfe) == ((found.exit_price, found.mfe) if found else (None, None))


def test_in_one_candle_that_reaches_both_the_stop_counts() -> None:
    found = outcome(TERMS, [candle(1, 94, 111)])

    assert found is not None
    assert (found.ending, found.exit_price, found.mfe) == ("stopped", Decimal("95.00"), Decimal("0.00"))


def test_the_first_target_ends_the_signal_and_the_second_only_informs() -> None:
    found = outcome(TERMS, [candle(1, 100, 125, open=Decimal("105.00"))])

    assert found is not None
    assert (found.ending, found.exit_price) == ("target_hit", Decimal("110.00"))


def revision(stop: str, day: int) -> Revision:
    return Revision(
        stop=Decimal(stop),
        targets=(Decimal("108.00"),),
        expires_at=CANDLE_AT + timedelta(days=9),
        reason="",
        made_by="",
        made_at=NOW,
        number=day,
        state="published",
        since=CANDLE_AT + timedelta(days=day),
    )


@pytest.mark.parametrize(("day", "stop"), [(1, "95.00"), (2, "97.00"), (3, "97.00"), (4, "99.00")])
def test_a_candle_meets_the_newest_terms_promised_before_it_closed(day: int, stop: str) -> None:
    revisions = (revision("97.00", 1), revision("99.00", 3), replace(revision("99.50", 0), since=None))

    met = in_force(TERMS, revisions, CANDLE_AT + timedelta(days=day))

    assert met.stop == Decimal(stop)


def test_a_revision_never_reaches_back() -> None:
    dip, rise = candle(1, 96, 99), candle(2, 98, 104)

    assert outcome(TERMS, [dip, rise], (revision("97.00", 1),)) is None
    found = outcome(TERMS, [dip, candle(2, 96, 99)], (revision("97.00", 1),))
    assert found is not None
    assert (found.ending, found.exit_price) == ("stopped", Decimal("97.00"))
