"""What is granted and what is paid: the larger that has not ended holds, is told, and is in the next token."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.moving_clock import START, MovingClock
from builders.users import House
from kit import events, ids
from kit.audit import Actor
from kit.errors import Retryable
from kit.events import Event
from kit.events.payment_events import EntitlementChanged
from kit.events.user_events import UserPlanChanged
from kit.identity import PLANS, Plan
from users.model import Term, User, UserId, larger

pytestmark = pytest.mark.usefixtures("moving_clock")
NOW = datetime.fromtimestamp(START, UTC)
MONTH = timedelta(days=30)
ADMIN = UserId("0197f3a0-0000-7000-8000-0000000000ad")


def paid(
    user_id: str, plan: Plan, until: datetime | None = NOW + MONTH, *, version: int = 1
) -> Event[EntitlementChanged]:
    data = EntitlementChanged(
        user_id=user_id, plan=plan, valid_until=until, items=(), cause=ids.uuid7(), changed_at=NOW
    )
    return events.new(data, subject=user_id, version=version)


def account(house: House, user: User) -> User:
    found = house.accounts.by_id(user.id)
    assert found is not None
    return found


def told(house: House) -> list[tuple[Plan, Plan, datetime | None]]:
    kept = [event.data for event in house.memory.events if isinstance(event.data, UserPlanChanged)]
    return [(data.previous, data.plan, data.valid_until) for data in kept]


def claims(house: House) -> dict[str, Any]:
    body = house.login().access_token.split(".")[1]
    read: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=="))
    return read


def test_what_is_paid_becomes_the_plan_and_makes_old_tokens_stale() -> None:
    house = House()
    user = house.register()
    bought = paid(user.id, "premium")
    house.plans.follow(bought)
    changed = account(house, user)
    assert (changed.plan, changed.valid_until, changed.not_before) == ("premium", NOW + MONTH, int(START) + 1)
    assert told(house) == [("free", "premium", NOW + MONTH)]
    event = house.memory.events[-1]
    assert (event.version, event.causationid, event.correlationid) == (2, bought.id, bought.correlationid)
    assert house.mirror.stale == {user.id: int(START) + 1}
    assert claims(house)["plan"] == "premium"


def test_a_renewal_tells_its_end_and_signs_nobody_out(moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    house.plans.follow(paid(user.id, "premium"))
    before = account(house, user).not_before
    house.mirror.stale.clear()
    moving_clock.advance(600)
    house.plans.follow(paid(user.id, "premium", NOW + 2 * MONTH, version=2))
    assert told(house)[-1] == ("premium", "premium", NOW + 2 * MONTH)
    assert account(house, user).not_before == before
    assert house.mirror.stale == {}


def test_repeats_older_facts_and_unknown_people_change_nothing() -> None:
    house = House()
    user = house.register()
    house.plans.follow(paid(user.id, "enterprise", version=7))
    kept = account(house, user)
    house.plans.follow(paid(user.id, "free", None, version=7))
    house.plans.follow(paid(user.id, "free", None, version=6))
    house.plans.follow(paid(ids.uuid7(), "premium"))
    assert account(house, user) == kept
    assert len(told(house)) == 1


def test_a_refund_takes_the_plan_and_leaves_what_was_granted() -> None:
    house = House()
    user = house.register()
    house.administration.grant_plan(user.id, "premium", Actor(ADMIN), None)
    house.plans.follow(paid(user.id, "enterprise"))
    house.plans.follow(paid(user.id, "free", None, version=2))
    assert told(house) == [
        ("free", "premium", None),
        ("premium", "enterprise", NOW + MONTH),
        ("enterprise", "premium", None),
    ]
    assert account(house, user).entitled(NOW).source == "granted"


def test_a_smaller_grant_beside_a_larger_payment_is_kept_and_not_told() -> None:
    house = House()
    user = house.register()
    house.plans.follow(paid(user.id, "enterprise"))
    changed = house.administration.grant_plan(user.id, "premium", Actor(ADMIN), None)
    assert (changed.plan, changed.granted) == ("enterprise", Term("premium"))
    assert len(told(house)) == 1
    assert claims(house)["plan"] == "enterprise"


def test_a_token_after_the_end_has_the_right_plan_before_anybody_said_so(moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    house.plans.follow(paid(user.id, "premium"))
    moving_clock.advance(MONTH.total_seconds() - 1)
    assert claims(house)["plan"] == "premium"
    moving_clock.advance(1)
    assert claims(house)["plan"] == "free"
    assert account(house, user).plan == "premium"


def test_the_schedule_ends_what_has_ended_once(moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    house.plans.follow(paid(user.id, "premium"))
    house.administration.grant_plan(user.id, "premium", Actor(ADMIN), NOW + timedelta(days=1))
    assert house.plans.end_due() == 0
    moving_clock.advance(MONTH.total_seconds())
    assert house.plans.end_due() == 1
    assert house.plans.end_due() == 0
    assert told(house)[-1] == ("premium", "free", None)
    assert account(house, user).not_before == int(START + MONTH.total_seconds()) + 1
    late = paid(user.id, "premium", NOW + 2 * MONTH, version=2)
    house.plans.follow(late)
    assert told(house)[-1] == ("free", "premium", NOW + 2 * MONTH)


def test_the_end_of_the_larger_leaves_the_smaller(moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    house.administration.grant_plan(user.id, "premium", Actor(ADMIN), NOW + 2 * MONTH)
    house.plans.follow(paid(user.id, "enterprise"))
    moving_clock.advance(MONTH.total_seconds())
    assert house.plans.end_due() == 1
    assert told(house)[-1] == ("enterprise", "premium", NOW + 2 * MONTH)


def test_a_mirror_that_is_away_loses_nothing() -> None:
    house = House()
    user = house.register()
    house.mirror.away = True
    house.plans.follow(paid(user.id, "premium"))
    assert account(house, user).plan == "premium"


def test_an_account_that_others_keep_changing_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    user = house.register()
    monkeypatch.setattr(house.accounts, "save", lambda *_: False)
    with pytest.raises(Retryable):
        house.plans.follow(paid(user.id, "premium"))


_TERMS = st.builds(
    Term, st.sampled_from(PLANS), st.none() | st.integers(-2, 2).map(lambda day: NOW + timedelta(days=day))
)


@given(_TERMS, _TERMS)
def test_what_holds_is_the_largest_that_has_not_ended(granted: Term, bought: Term) -> None:
    held = larger(granted, bought, NOW)
    live = [term for term in (granted, bought) if term.holds(NOW)]
    assert PLANS.index(held.plan) == max((PLANS.index(term.plan) for term in live), default=0)
    assert (held.source == "none") == (held.plan == "free") == (not live)
    if live:
        alike = [term for term in live if term.plan == held.plan]
        assert held.until == (
            None if any(one.until is None for one in alike) else max(one.until for one in alike if one.until)
        )
