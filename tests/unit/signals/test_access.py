"""What plans see: each sees all that the smaller one sees, whatever the signal and whenever."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from builders.signals import NOW, signal
from signals.model.access import ENTERPRISE, FREE, STAFF, SUBSCRIBER, access_for
from signals.model.feedback import FeedbackSummary
from signals.model.signal import CLOSED, NEXT, UNPUBLISHED, Signal

LADDER = (FREE, SUBSCRIBER, ENTERPRISE, STAFF)
PUBLISHED = sorted(set(NEXT) - UNPUBLISHED)


@st.composite
def published(draw: st.DrawFn) -> Signal:
    """Return a signal published at most three years ago."""
    return replace(
        signal(),
        status=draw(st.sampled_from(PUBLISHED)),
        published_at=NOW - timedelta(minutes=draw(st.integers(0, 60 * 24 * 1095))),
        day_rank=draw(st.integers(1, 30)),
    )


@given(published(), st.integers(0, 60 * 24 * 800))
def test_a_larger_plan_sees_all_that_a_smaller_one_sees(one: Signal, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    seen = [access.allows(one, now) for access in LADDER]

    assert seen == sorted(seen)
    assert seen[-1]


@given(published())
def test_what_is_live_is_seen_later_and_stays_seen(one: Signal) -> None:
    live = replace(one, status="live", day_rank=5)
    assert live.published_at is not None

    for access in LADDER:
        shown_at = live.published_at + access.delay
        assert access.allows(live, shown_at)
        assert not access.allows(live, shown_at - timedelta(seconds=1))
    assert not FREE.allows(replace(live, day_rank=6), NOW + timedelta(days=1))


def test_what_was_never_published_is_nobodys_but_staffs() -> None:
    for status in NEXT:
        seen = [access.allows(replace(signal(), status=status), NOW) for access in LADDER]
        assert seen == [False, False, False, status in UNPUBLISHED], status
    assert CLOSED.isdisjoint(UNPUBLISHED)


def test_an_unknown_plan_gets_the_free_one() -> None:
    assert access_for("golden", staff=False) == FREE
    assert access_for("premium", staff=False) == SUBSCRIBER
    assert access_for("free", staff=True) == STAFF


def test_ratings_have_a_mean_once_there_are_some() -> None:
    assert FeedbackSummary().average_rating is None
    assert FeedbackSummary(ratings=(1, 0, 0, 0, 3)).average_rating == 4
