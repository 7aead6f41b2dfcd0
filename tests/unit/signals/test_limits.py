"""Each rule of a signal, its promise, its readers and its policies on its very limit: one step further it turns."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders.signals import CANDLE_AT, NOW, TERMS, candle, signal
from signals import policies
from signals.model.access import FREE, SUBSCRIBER
from signals.model.commitment import payload_of_revision, rfc3339
from signals.model.outcome import excursions, outcome
from signals.model.people import Person
from signals.model.performance import Trade, figures
from signals.model.protection import DrawdownLock, Past, Protection, StopGuard
from signals.model.signal import Revision, Signal, SignalId, identity
from signals.policies import protection, screening

SELL = replace(TERMS, side="sell", stop=Decimal("105.00"), targets=(Decimal("90.00"),))
DAY = timedelta(days=1)
RULES = policies.load()
SCREENING = RULES.screening_on(datetime(2026, 12, 1, tzinfo=UTC).date())
REVISION = Revision(
    stop=Decimal("98.00"),
    targets=(Decimal("110.00"),),
    expires_at=CANDLE_AT + 9 * DAY,
    reason="It moved our way.",
    made_by="analyst-1",
    made_at=NOW,
    number=2,
    since=NOW,
)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine stand in another zone than the one the project runs in."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(("confidence", "stands"), [(0, False), (1, True), (100, True), (101, False)])
def test_confidence_is_1_to_100(confidence: int, *, stands: bool) -> None:
    if stands:
        assert signal(confidence=confidence).terms.confidence == confidence
        return
    with pytest.raises(ValueError, match=r"^confidence is 1 to 100$"):
        signal(confidence=confidence)


def test_a_revision_needs_a_live_signal_and_a_market_time() -> None:
    live = replace(signal(), status="live")

    with pytest.raises(ValueError, match=r"^only a live signal can be revised"):
        live.revised(replace(REVISION, since=None))
    with pytest.raises(ValueError, match=r"^only a live signal can be revised"):
        signal().revised(REVISION)
    assert live.revised(REVISION).current.stop == Decimal("98.00")


@pytest.mark.parametrize(("stop", "result"), [("99.50", "4.00"), ("100.00", None), ("101.00", None)])
def test_a_result_in_r_needs_any_risk_however_small(stop: str, result: str | None) -> None:
    ended = replace(signal(stop=Decimal(stop)), exit_price=Decimal("102.00"))

    assert ended.result_r == (None if result is None else Decimal(result))


def test_an_id_is_the_same_for_ever() -> None:
    """Written down once: a changed id would let a replay draft everything again."""
    found = identity("AAPL", "1d", "ema-trend-1", CANDLE_AT)

    assert found == "0137291a-0480-7ca3-9289-b75027ab52cb"
    assert int(found.replace("-", "")[:12], 16) == int(CANDLE_AT.timestamp() * 1000)


@pytest.mark.parametrize(
    ("terms", "shape", "ending", "price"),
    [
        (TERMS, {"open": "96", "high": "97", "low": "95", "close": "96"}, "stopped", "95.00"),
        (TERMS, {"open": "96", "high": "97", "low": "95.01", "close": "96"}, None, ""),
        (TERMS, {"open": "109", "high": "110", "low": "108", "close": "109"}, "target_hit", "110.00"),
        (TERMS, {"open": "109", "high": "109.99", "low": "108", "close": "109"}, None, ""),
        # opened at the target: what came below the stop later in the candle came after the exit
        (TERMS, {"open": "110", "high": "111", "low": "94", "close": "95"}, "target_hit", "110.00"),
        (SELL, {"open": "104", "high": "105", "low": "103", "close": "104"}, "stopped", "105.00"),
        (SELL, {"open": "91", "high": "92", "low": "90", "close": "91"}, "target_hit", "90.00"),
    ],
)
def test_a_touch_of_stop_or_target_ends_a_signal(
    terms: Any, shape: dict[str, str], ending: str | None, price: str
) -> None:
    prices: dict[str, Any] = {name: Decimal(value) for name, value in shape.items()}

    found = outcome(terms, [replace(candle(1, 100, 101), **prices)])

    if ending is None:
        assert found is None
    else:
        assert found is not None
        assert (found.ending, found.exit_price) == (ending, Decimal(price))


def test_nothing_beyond_the_exit_was_held() -> None:
    hit = outcome(TERMS, [candle(1, 99, 125, open=Decimal(100))])
    fell = outcome(SELL, [candle(1, 80, 101, open=Decimal(100))])

    assert hit is not None
    assert (hit.mfe, hit.mae) == (Decimal("10.00"), Decimal("1.00"))
    assert fell is not None
    assert (fell.mfe, fell.mae) == (Decimal("10.00"), Decimal("1.00"))


def test_excursions_begin_at_nothing() -> None:
    assert excursions(TERMS, []) == (Decimal("0.00"), Decimal("0.00"))
    assert excursions(TERMS, [candle(1, 99.5, 100.25)]) == (Decimal("0.25"), Decimal("0.50"))


def test_a_reader_reaches_back_to_the_very_instant_and_a_quota_to_the_fifth() -> None:
    closed = replace(signal(), status="stopped", published_at=NOW - timedelta(days=365), day_rank=1)
    live = replace(signal(), status="live", published_at=NOW - timedelta(minutes=15), day_rank=5)

    assert SUBSCRIBER.allows(closed, NOW)
    assert not SUBSCRIBER.allows(closed, NOW + timedelta(microseconds=1))
    assert FREE.allows(live, NOW)
    assert not FREE.allows(replace(live, day_rank=6), NOW)


def test_an_admin_holds_every_role_and_nobody_else_does() -> None:
    assert Person("a", frozenset({"admin"})).is_any({"compliance"})
    assert not Person("a", frozenset({"analyst"})).is_any({"compliance"})


def test_a_revision_promises_these_terms_under_these_names() -> None:
    found = payload_of_revision(signal(), REVISION, "f" * 64)

    assert json.loads(json.dumps(found)) == {
        "signal_id": signal().id,
        "analyst": "treum-house",
        "revision": 2,
        "revises": "f" * 64,
        "stop": "98.00",
        "targets": ["110.00"],
        "expires_at": "2012-05-16T21:00:00Z",
        "reason": "It moved our way.",
        "made_at": "2026-03-02T09:30:00Z",
    }


@pytest.mark.usefixtures("elsewhere")
def test_a_promise_names_utc_wherever_the_machine_stands() -> None:
    assert rfc3339(NOW) == "2026-03-02T09:30:00Z"


def test_a_result_of_nothing_is_neither_won_nor_lost_and_ends_a_run() -> None:
    results = ["-1", "-2", "0", "-1", "2"]
    found = figures(
        Trade(str(at), "a", "s", "AAPL", "1d", NOW + at * DAY, "expired", NOW + at * DAY, Decimal(r))
        for at, r in enumerate(results)
    )

    assert (found.won, found.lost, found.longest_losing_run) == (1, 3, 2)
    assert found.deepest_fall_r == 4.0


def test_the_protections_see_all_of_a_signal() -> None:
    stopped = replace(signal(), status="stopped", closed_at=NOW, exit_price=Decimal("95.00"))

    assert Past.of(stopped) == Past(
        stopped.id, "AAPL", "ema-trend-1", CANDLE_AT, closed_at=NOW, stopped=True, r=Decimal(-1)
    )


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        (Protection(), 1),
        (Protection(strategy_drawdown=DrawdownLock(Decimal(-8), 90)), 90),
        (Protection(instrument_stops=StopGuard(3, 60, 20)), 80),
        (
            Protection(strategy_stops=StopGuard(6, 60, 20), strategy_drawdown=DrawdownLock(Decimal(-8), 90)),
            90,
        ),
    ],
)
def test_protections_look_back_as_far_as_their_longest_rule(rules: Protection, days: int) -> None:
    assert rules.looks_back(DAY) == days * DAY


def test_a_result_of_nothing_or_an_unknown_one_neither_opens_nor_locks() -> None:
    def ended(name: str, r: Decimal | None) -> Past:
        return Past(SignalId(name), "MSFT", "ema-trend-1", CANDLE_AT - 9 * DAY, CANDLE_AT - DAY, r=r)

    lock = Protection(strategy_drawdown=DrawdownLock(Decimal(-2), 30))
    lost = [ended("a", Decimal(-2)), ended("b", None), ended("c", Decimal(0))]

    assert protection.findings(signal(), lock, lost) == ("DRAWDOWN_LOCK",)


def test_what_is_the_same_or_came_later_keeps_no_signal_back() -> None:
    new = signal()
    itself = replace(new, status="live")
    later = replace(signal(candle_at=CANDLE_AT + DAY), status="stopped")

    assert screening.findings(new, SCREENING, [itself, later]) == ()


def test_an_idea_that_stands_open_is_not_published_again_from_an_earlier_candle() -> None:
    later = replace(signal(candle_at=CANDLE_AT + DAY), status="live")

    assert screening.findings(signal(), SCREENING, [later]) == ("DUPLICATE",)


def test_a_cooldown_ends_with_its_last_candle() -> None:
    def after(candles: int) -> tuple[str, ...]:
        before: Signal = replace(signal(candle_at=CANDLE_AT - candles * DAY), status="stopped")
        return screening.findings(signal(), SCREENING, [before])

    assert after(SCREENING.cooldown_candles) == ()
    assert after(SCREENING.cooldown_candles - 1) == ("COOLDOWN",)


def test_a_rule_approves_from_its_number_on() -> None:
    assert screening.approved_by_rule(signal(confidence=80), SCREENING)
    assert not screening.approved_by_rule(signal(confidence=79), SCREENING)


def test_a_policy_file_says_per_cent_and_prices_by_currency() -> None:
    found = RULES.named("sebi-ra-2024-12")

    assert isinstance(found, policies.CompliancePolicy)
    assert found.intraday_target_below == Decimal("0.2")
    assert found.penny_stock_below == {"INR": Decimal(10)}


def test_a_policy_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match=r"^no policy is called absent$"):
        RULES.named("absent")
    with pytest.raises(LookupError, match=r"^no policy was in force on 1999-01-01$"):
        RULES.screening_on(datetime(1999, 1, 1, tzinfo=UTC).date())
