"""Alerts from TradingView: the door, the template, and what becomes of an alert, on memory adapters."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.signals import CANDLE_AT, NOW, World, candle
from kit.errors import LimitExceeded
from signals.adapters.files import FileReference
from signals.adapters.memory.alerts import MemoryAlerts, MemoryHooks
from signals.errors import HookNotFound, NoRegistration, SenderNotAllowed, TooManyHooks
from signals.model.alert import Alert, Hook, HookId, Template
from signals.model.signal import AnalystId
from signals.service.mapping import UnreadableError, mapped
from signals.service.webhooks import MOST_A_MINUTE, MOST_HOOKS, Alerting, Door, Hooking

OWNER, OTHER, ANALYST = "owner-1", "owner-2", "analyst-1"
BAR = CANDLE_AT - timedelta(hours=7, minutes=30)
ALERT = {
    "ticker": "NASDAQ:AAPL",
    "action": "buy",
    "close": "100.5",
    "time": BAR.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "interval": "1D",
    "order_id": "Long",
    "comment": "",
}


@dataclass
class Desk:
    """Hooks, door and consumer over one world."""

    world: World = field(default_factory=World)
    hooks: MemoryHooks = field(default_factory=MemoryHooks)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)

    def __post_init__(self) -> None:
        self.world.candles.save([candle(0, 99, 102), candle(1, 100, 104)])
        self.world.signers.assign(AnalystId("treum-house"), ANALYST, by="admin", at=NOW)

    @property
    def hooking(self) -> Hooking:
        """The owner's side."""
        return Hooking(self.hooks, self.world.proposing, self.world.now)

    def door(self, *senders: str) -> Door:
        """Return where alerts arrive."""
        return Door(self.hooks, self.alerts, frozenset(senders), self.world.now)

    @property
    def alerting(self) -> Alerting:
        """The consumer's use case."""
        return Alerting(
            self.hooks,
            self.alerts,
            self.world.candles,
            self.world.reference,
            self.world.rules,
            self.world.proposing,
            self.world.now,
        )

    def hook(self, owner: str = OWNER, *, as_analyst: bool = False) -> tuple[Hook, str]:
        """Make a hook."""
        return self.hooking.create(owner, "mine", Template(), as_analyst=as_analyst)

    def sent(self, hook: Hook, secret: str, **changed: Any) -> Alert:
        """Send an alert and let the consumer settle it."""
        kept = self.door().receive(hook.id, {**ALERT, "secret": secret, **changed}, "127.0.0.1")
        settled = self.alerting.settle(kept.id)
        assert settled is not None
        return settled


class TwoAnalysts(FileReference):
    """A reference in which a second registration is in force."""

    def registered(self, analyst: str, day: date) -> bool:
        return analyst == "second-house" or super().registered(analyst, day)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_alert_is_stored_without_its_secret_and_told_without_its_content(desk: Desk) -> None:
    hook, secret = desk.hook()

    kept = desk.door().receive(hook.id, {**ALERT, "secret": secret}, "1.2.3.4")

    assert (kept.status, kept.owner, kept.content) == ("received", OWNER, ALERT)
    (event,) = desk.alerts.events
    assert (event.type, event.subject, event.data.alert_id) == ("alert.received", hook.id, kept.id)
    assert secret not in repr(desk.alerts.find(kept.id))


@pytest.mark.parametrize("given_secret", ["", "tv_wrong", None, 7, ["x"], "é"])
def test_a_wrong_secret_an_absent_hook_and_a_revoked_one_answer_alike(
    desk: Desk, given_secret: object
) -> None:
    hook, secret = desk.hook()

    with pytest.raises(HookNotFound):
        desk.door().receive(hook.id, {**ALERT, "secret": given_secret}, "")
    with pytest.raises(HookNotFound):
        desk.door().receive(HookId("absent"), {**ALERT, "secret": secret}, "")
    with pytest.raises(HookNotFound):
        desk.door().receive(HookId("absent"), {**ALERT, "secret": ""}, "")
    desk.hooking.revoke(OWNER, hook.id)
    with pytest.raises(HookNotFound):
        desk.door().receive(hook.id, {**ALERT, "secret": secret}, "")


def test_a_rotated_secret_ends_the_old_one_at_once(desk: Desk) -> None:
    hook, old = desk.hook()

    rotated, new = desk.hooking.rotate(OWNER, hook.id)

    assert new != old
    assert rotated.rotated_at == NOW
    with pytest.raises(HookNotFound):
        desk.door().receive(hook.id, {**ALERT, "secret": old}, "")
    assert desk.door().receive(hook.id, {**ALERT, "secret": new}, "").status == "received"


def test_only_the_allowed_addresses_may_send_when_there_are_any(desk: Desk) -> None:
    hook, secret = desk.hook()
    door = desk.door("52.89.214.238")

    with pytest.raises(SenderNotAllowed):
        door.receive(hook.id, {**ALERT, "secret": secret}, "52.89.214.239")
    assert door.receive(hook.id, {**ALERT, "secret": secret}, "52.89.214.238").status == "received"


def test_a_hook_takes_so_many_alerts_a_minute(desk: Desk) -> None:
    hook, secret = desk.hook()
    for _ in range(MOST_A_MINUTE):
        desk.door().receive(hook.id, {"secret": secret}, "")

    with pytest.raises(LimitExceeded):
        desk.door().receive(hook.id, {"secret": secret}, "")
    desk.world.at = NOW + timedelta(minutes=1)
    assert desk.door().receive(hook.id, {"secret": secret}, "").status == "received"


def test_nobody_touches_somebody_elses_hook(desk: Desk) -> None:
    hook, _ = desk.hook()

    for touch in (desk.hooking.rotate, desk.hooking.revoke):
        with pytest.raises(HookNotFound):
            touch(OTHER, hook.id)
    with pytest.raises(HookNotFound):
        desk.hooking.change(OTHER, hook.id, Template())


def test_a_hook_revoked_a_moment_before_is_not_brought_back(desk: Desk) -> None:
    class Gone(MemoryHooks):
        def save(self, hook: Hook) -> bool:
            return False

    desk.hooks = Gone()
    hook, _ = desk.hook()

    with pytest.raises(HookNotFound):
        desk.hooking.rotate(OWNER, hook.id)


def test_a_changed_template_reads_later_alerts(desk: Desk) -> None:
    hook, secret = desk.hook()
    desk.hooking.change(OWNER, hook.id, Template(symbol="what"))

    assert desk.sent(hook, secret, what="AAPL").status == "accepted"


def test_an_owner_has_a_few_hooks_and_room_again_after_a_revocation(desk: Desk) -> None:
    made = [desk.hook()[0] for _ in range(MOST_HOOKS)]
    with pytest.raises(TooManyHooks):
        desk.hook()
    desk.hook(OTHER)

    desk.hooking.revoke(OWNER, made[0].id)

    assert desk.hook()[0].owner == OWNER


def test_a_subscribers_alert_is_screened_and_stays_private(desk: Desk) -> None:
    hook, secret = desk.hook()

    settled = desk.sent(hook, secret)

    assert (settled.status, settled.reasons, settled.signal_id) == ("accepted", (), None)
    assert settled.terms is not None
    assert (settled.terms.symbol, settled.terms.entry, settled.terms.candle_at) == (
        "AAPL",
        Decimal("100.50"),
        CANDLE_AT,
    )
    assert (settled.terms.stop, settled.terms.targets) == (Decimal("95.48"), (Decimal("110.55"),))
    assert desk.world.book.counts() == {}
    assert desk.alerts.page(OTHER, hook.id, None, 10) == []
    assert [one.id for one in desk.alerts.page(OWNER, hook.id, None, 10)] == [settled.id]


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"ticker": "NOSUCH"}, ("INSTRUMENT_NOT_FOUND",)),
        ({"ticker": ""}, ("SYMBOL_MISSING",)),
        ({"ticker": "{{ticker}}"}, ("SYMBOL_MISSING",)),
        ({"action": "hold"}, ("SIDE_UNREADABLE",)),
        ({"close": "a lot"}, ("PRICE_UNREADABLE",)),
        ({"close": "NaN"}, ("PRICE_UNREADABLE",)),
        ({"close": None}, ("PRICE_MISSING",)),
        ({"time": "yesterday"}, ("TIME_UNREADABLE",)),
        ({"interval": "7"}, ("TIMEFRAME_UNKNOWN",)),
        ({"interval": "5"}, ("NO_SUCH_CANDLE",)),
        ({"confidence": "101"}, ("CONFIDENCE_UNREADABLE",)),
        ({"time": "2031-01-01T00:00:00Z"}, ("NO_SUCH_CANDLE",)),
        ({"close": 270.1}, ("ENTRY_OFF_MARKET",)),
        ({"confidence": 70}, ("CONFIDENCE_TOO_LOW",)),
        ({"stop": "101.5"}, ("STOP_ON_WRONG_SIDE",)),
        ({"target": 90}, ("TARGET_ON_WRONG_SIDE",)),
    ],
)
def test_an_alert_that_cannot_stand_is_kept_with_its_reasons(
    desk: Desk, changed: Mapping[str, Any], reasons: tuple[str, ...]
) -> None:
    hook, secret = desk.hook()

    settled = desk.sent(hook, secret, **changed)

    assert (settled.status, settled.reasons, settled.settled_at) == ("refused", reasons, NOW)
    assert desk.alerts.page(OWNER, hook.id, None, 10) == [settled]


def test_a_fresh_price_is_refused_as_it_would_be_for_a_publication(desk: Desk) -> None:
    hook, secret = desk.hook()
    fresh = replace(candle(0, 99, 102), closed_at=NOW - timedelta(days=1))
    desk.world.candles.save([fresh])

    settled = desk.sent(hook, secret, time=(NOW - timedelta(days=1, hours=5)).isoformat())

    assert settled.reasons == ("PRICES_TOO_FRESH",)


def test_the_same_alert_is_dropped_the_second_time_whatever_else_it_says(desk: Desk) -> None:
    hook, secret = desk.hook()
    first = desk.sent(hook, secret)

    again = desk.sent(hook, secret, comment="sent again", close="100.6")
    of_another_order = desk.sent(hook, secret, order_id="Short")

    assert (first.status, again.status, again.reasons) == ("accepted", "duplicate", ("SAME_ALERT",))
    assert of_another_order.reasons == ("DUPLICATE", "COOLDOWN")


def test_a_second_alert_meets_screening_like_any_other_signal(desk: Desk) -> None:
    hook, secret = desk.hook()
    desk.sent(hook, secret)

    next_day = desk.sent(hook, secret, time=(BAR + timedelta(days=1)).isoformat(), close="102", action="sell")

    assert next_day.reasons == ("COOLDOWN",)


def test_an_event_delivered_twice_settles_once(desk: Desk) -> None:
    hook, secret = desk.hook()
    settled = desk.sent(hook, secret)

    assert desk.alerting.settle(settled.id) == settled
    assert desk.alerting.settle(type(settled.id)("absent")) is None


def test_an_alert_of_a_hook_revoked_meanwhile_is_refused(desk: Desk) -> None:
    hook, secret = desk.hook()
    kept = desk.door().receive(hook.id, {**ALERT, "secret": secret}, "")
    desk.hooking.revoke(OWNER, hook.id)

    settled = desk.alerting.settle(kept.id)

    assert settled is not None
    assert settled.reasons == ("HOOK_REVOKED",)


def test_old_alerts_are_forgotten_when_new_ones_come(desk: Desk) -> None:
    hook, secret = desk.hook()
    desk.sent(hook, secret)
    desk.world.at = NOW + timedelta(days=91)

    desk.sent(hook, secret, order_id="2")

    assert len(desk.alerts.page(OWNER, hook.id, None, 10)) == 1


def test_a_plan_that_ends_closes_the_door(desk: Desk) -> None:
    hook, secret = desk.hook()

    assert desk.alerting.end_plan(OWNER) == 1

    with pytest.raises(HookNotFound):
        desk.door().receive(hook.id, {**ALERT, "secret": secret}, "")


def test_a_disabled_person_sends_nothing_as_an_analyst_either(desk: Desk) -> None:
    hook, secret = desk.hook(ANALYST, as_analyst=True)
    kept = desk.door().receive(hook.id, {**ALERT, "secret": secret}, "")

    assert desk.alerting.close(ANALYST) == 1

    with pytest.raises(HookNotFound):
        desk.door().receive(hook.id, {**ALERT, "secret": secret, "order_id": "2"}, "")
    settled = desk.alerting.settle(kept.id)
    assert settled is not None
    assert settled.reasons == ("HOOK_REVOKED",)


def test_an_analysts_alert_drafts_a_signal_that_waits_for_a_second_person(desk: Desk) -> None:
    hook, secret = desk.hook(ANALYST, as_analyst=True)

    settled = desk.sent(hook, secret, confidence="95")

    assert settled.status == "drafted"
    assert settled.signal_id is not None
    draft = desk.world.book.find(settled.signal_id)
    assert draft is not None
    assert (draft.terms.analyst, draft.terms.strategy, draft.drafted_by) == (
        "treum-house",
        "tradingview",
        ANALYST,
    )
    assert desk.world.run(draft) == ["passed", "passed", "waiting"]


def test_a_hook_loses_its_analyst_with_the_registration(desk: Desk) -> None:
    with pytest.raises(NoRegistration):
        desk.hook(OWNER, as_analyst=True)
    hook, secret = desk.hook(ANALYST, as_analyst=True)
    desk.world.signers.assign(AnalystId("treum-house"), OTHER, by="admin", at=NOW)

    assert desk.sent(hook, secret).reasons == ("NO_REGISTRATION",)
    desk.world.signers.assign(AnalystId("somebody"), ANALYST, by="admin", at=NOW)
    assert desk.sent(hook, secret, order_id="2").reasons == ("NO_REGISTRATION",)


def test_a_hook_never_drafts_in_the_name_of_another_analyst_its_owner_became(desk: Desk) -> None:
    desk.world.reference = TwoAnalysts()
    hook, secret = desk.hook(ANALYST, as_analyst=True)
    desk.world.signers.assign(AnalystId("second-house"), ANALYST, by="admin", at=NOW)

    settled = desk.sent(hook, secret, confidence="95")

    assert (settled.status, settled.reasons, settled.signal_id) == ("refused", ("NO_REGISTRATION",), None)


def test_a_template_reads_any_json() -> None:
    template = Template(
        symbol="data.sym", side="data.dir", entry="px", time="at", timeframe="tf", order_id="id", stop="sl"
    )
    content = {
        "data": {"sym": "eurusd", "dir": "SHORT"},
        "px": 1.3,
        "at": "2012-05-07T00:00:00",
        "tf": "240",
        "id": 7,
        "sl": "1.35",
    }

    found = mapped(content, template)

    assert (found.proposal.symbol, found.proposal.side, found.proposal.timeframe) == ("EURUSD", "sell", "4h")
    assert (found.proposal.entry, found.proposal.stop) == (Decimal("1.3"), Decimal("1.35"))
    assert found.proposal.targets == (Decimal("1.17"),)
    assert (found.bar_at, found.order_id) == (datetime(2012, 5, 7, tzinfo=UTC), "7")


def test_what_an_alert_leaves_out_the_template_says() -> None:
    bare = {name: value for name, value in ALERT.items() if name not in {"interval", "comment"}}

    found = mapped(bare, Template(timeframe_otherwise="1h", confidence_otherwise=55)).proposal

    assert (found.timeframe, found.confidence) == ("1h", 55)
    assert (found.stop, found.targets) == (Decimal("95.475"), (Decimal("110.55"),))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from([*ALERT, "stop", "target", "confidence"]), JSON))
def test_whatever_an_alert_says_it_is_read_or_refused_by_a_code(changed: dict[str, Any]) -> None:
    desk = Desk()
    hook, secret = desk.hook()

    try:
        found = mapped({**ALERT, **changed}, Template())
    except UnreadableError as error:
        assert str(error).isupper()  # noqa: PT017 - one of two ways that are both right
    else:
        assert len(found.fingerprint(hook.id)) == 32
    settled = desk.sent(hook, secret, **changed)
    assert settled.status in {"accepted", "refused"}
