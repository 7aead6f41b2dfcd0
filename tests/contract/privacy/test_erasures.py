"""Erasures and holds: 48 hours, one winner, the account last, the key at the very end."""

import pytest

from builders.privacy import CHECKER, MAKER, NOW, PrivacyDesk, somebody
from kit import events, ids
from kit.audit import Actor
from kit.errors import Invalid
from kit.events.payment_events import (
    RefundCompleted,
    RefundRequested,
    SubscriptionEnding,
    SubscriptionStarted,
)
from kit.events.payment_events.base import Parts
from privacy.errors import (
    ErasureBegun,
    ErasureNotFound,
    ErasureOpen,
    HoldEnded,
    HoldNotFound,
    SecondPersonRequired,
    StillEngaged,
)
from privacy.model.export import DOMAINS, PersonId
from privacy.model.hold import HoldId

_SOLD = {"sku": "premium-month", "plan": "premium", "interval": "month", "monthly": 99900, "currency": "INR"}


def test_an_erasure_waits_48_hours_and_then_asks_all_domains_but_the_account(desk: PrivacyDesk) -> None:
    one = desk.erasing.request(somebody())
    desk.clock.forward(hours=47, minutes=59)
    assert desk.upkeep() == 0
    desk.erasing.begin(one.id)
    assert desk.find(one).state == "waiting"
    desk.clock.forward(minutes=1)
    assert desk.upkeep() == 1
    assert desk.find(one).state == "erasing"
    asked = desk.facts(one.id)[-1].data
    assert set(asked.domains) == {*DOMAINS} - {"users"}
    assert desk.types(one.id) == ["privacy.erasure_requested", "privacy.erasure_due"]


def test_the_account_goes_after_the_others_and_the_key_after_the_account(desk: PrivacyDesk) -> None:
    one = desk.begun(somebody())
    desk.erasing.answered(desk.answer(one, "users"))  # not asked yet: it does not count
    for domain in one.first:
        assert desk.find(one).state == "erasing"
        for _ in range(2):
            desk.erasing.answered(desk.answer(one, domain))
    assert desk.find(one).state == "closing"
    assert desk.types(one.id)[2:] == ["privacy.erasure_closing", "privacy.erasure_due"]
    assert desk.facts(one.id)[-1].data.domains == ("users",)
    assert desk.upkeep() == 0
    assert desk.keys.asked == []

    desk.erasing.answered(desk.answer(one, "users"))
    assert desk.upkeep() == 1
    assert desk.find(one).state == "closing", "asked for, not seen to be destroyed"
    desk.clock.forward(seconds=5)
    assert desk.upkeep() == 1
    done = desk.find(one)
    assert (done.state, done.ended_at) == ("completed", desk.clock.at)
    assert desk.keys.asked == [one.person] * 2
    assert desk.types(one.id)[-1] == "privacy.erasure_completed"
    assert {answer.domain for answer in desk.erasing.answers(done)} == {*DOMAINS}
    desk.erasing.answered(desk.answer(one, "users"))
    desk.erasing.begin(one.id)
    desk.erasing.late(one.id)
    assert desk.erasing.destroy_key(one.id)
    assert desk.find(one) == done


def test_a_person_takes_it_back_until_it_begins(desk: PrivacyDesk) -> None:
    person = somebody()
    one = desk.erasing.request(person)
    with pytest.raises(ErasureOpen):
        desk.erasing.request(person)
    with pytest.raises(ErasureNotFound):
        desk.erasing.cancel(one.id, somebody())
    assert desk.erasing.cancel(one.id, person).state == "cancelled"
    assert desk.erasing.cancel(one.id, person).state == "cancelled"
    desk.clock.forward(hours=72)
    assert desk.upkeep() == 0
    desk.erasing.begin(one.id)
    assert desk.types(one.id) == ["privacy.erasure_requested", "privacy.erasure_cancelled"]
    again = desk.begun(person)
    with pytest.raises(ErasureBegun):
        desk.erasing.cancel(again.id, person)
    assert desk.finish(again).state == "completed"
    with pytest.raises(ErasureOpen):
        desk.erasing.request(person)


def test_exports_go_with_the_erasure(desk: PrivacyDesk) -> None:
    person = somebody()
    one = desk.erasing.request(person)
    desk.clock.forward(hours=47)
    export = desk.ready(person)
    desk.clock.forward(hours=1)
    desk.upkeep()
    assert desk.find(one).state == "erasing"
    assert desk.find_export(export).state == "expired"
    assert not any(export.id in key for key in desk.archives.objects)


def test_a_hold_keeps_everything_until_somebody_else_releases_it(desk: PrivacyDesk) -> None:
    person = somebody()
    one = desk.erasing.request(person)
    hold = desk.holding.set(person, "an inquiry", NOW.replace(year=2027), MAKER)
    desk.clock.forward(hours=48)
    desk.upkeep()
    assert (desk.find(one).state, desk.types(one.id)[-1]) == ("held", "privacy.erasure_held")
    desk.clock.forward(days=10)
    assert desk.upkeep() == 0
    for by in (MAKER, Actor(person)):
        with pytest.raises(SecondPersonRequired):
            desk.holding.release(hold.id, by)
    assert desk.holding.release(hold.id, CHECKER).released_by == CHECKER.id
    with pytest.raises(HoldEnded):
        desk.holding.release(hold.id, Actor(ids.uuid7()))
    assert desk.upkeep() == 1
    assert desk.find(one).state == "erasing"
    deeds = [event.data.action for event in desk.facts(hold.id)]
    assert deeds == ["privacy.hold", "privacy.release_hold"]
    assert "an inquiry" not in str(desk.facts(hold.id))


def test_a_hold_that_ends_by_itself_lets_go(desk: PrivacyDesk) -> None:
    person = somebody()
    one = desk.erasing.request(person)
    desk.clock.forward(hours=47)
    desk.holding.set(person, "short", desk.clock.at.replace(hour=23), MAKER)
    desk.holding.set(person, "longer", desk.clock.at.replace(day=20), MAKER)
    desk.clock.forward(hours=1)
    desk.upkeep()
    assert desk.find(one).state == "held"
    desk.clock.forward(days=30)
    desk.upkeep()
    assert desk.find(one).state == "erasing"


def test_a_held_erasure_can_be_taken_back(desk: PrivacyDesk) -> None:
    person = somebody()
    one = desk.erasing.request(person)
    desk.holding.set(person, "an inquiry", NOW.replace(year=2027), MAKER)
    desk.clock.forward(hours=48)
    desk.upkeep()
    assert desk.erasing.cancel(one.id, person).state == "cancelled"


def test_what_no_hold_is_refused(desk: PrivacyDesk) -> None:
    person = somebody()
    with pytest.raises(SecondPersonRequired):
        desk.holding.set(PersonId(MAKER.id), "mine", NOW.replace(year=2027), MAKER)
    for until in (NOW, NOW.replace(year=2035)):
        with pytest.raises(Invalid):
            desk.holding.set(person, "for ever", until, MAKER)
    with pytest.raises(HoldNotFound):
        desk.holding.release(HoldId(ids.uuid7()), CHECKER)


def test_holds_are_listed_the_newest_first(desk: PrivacyDesk) -> None:
    person = somebody()
    made = []
    for _ in range(3):
        desk.clock.forward(minutes=1)
        made.append(desk.holding.set(person, "an inquiry", NOW.replace(year=2027), MAKER))
    desk.holding.set(somebody(), "another", NOW.replace(year=2027), MAKER)
    first = desk.holding.page(person, None, 2)
    assert [one.id for one in first] == [made[2].id, made[1].id]
    assert desk.holding.page(person, (first[-1].set_at, first[-1].id), 2) == [made[0]]
    assert len(desk.holding.page(None, None, 100)) >= 4


def test_a_subscription_that_renews_and_an_open_refund_are_ended_first(desk: PrivacyDesk) -> None:
    person, subscription, refund = somebody(), ids.uuid7(), ids.uuid7()
    about = {"subscription_id": subscription, "user_id": person, **_SOLD}
    started = SubscriptionStarted(**about, trial=False, period_end=NOW, started_at=NOW)  # type: ignore[arg-type]
    ending = SubscriptionEnding(**about, resumed=False, ends_at=NOW, decided_at=NOW)  # type: ignore[arg-type]
    desk.following.subscription(events.new(started, subject=subscription, version=1))
    with pytest.raises(StillEngaged, match="cancel your subscription"):
        desk.erasing.request(person)
    desk.following.subscription(events.new(ending, subject=subscription, version=2))
    desk.following.subscription(events.new(started, subject=subscription, version=1))  # late: it is known
    one = desk.erasing.request(person)

    paid = {"refund_id": refund, "payment_id": ids.uuid7(), "user_id": person, "sku": "x", "line": "courses"}
    money = {**paid, "amount": Parts(net=1), "currency": "INR"}
    asked = RefundRequested(**money, requested_by=person, policy_version="1", requested_at=NOW)  # type: ignore[arg-type]
    desk.following.refund(events.new(asked, subject=refund, version=1))
    desk.clock.forward(hours=48)
    desk.upkeep()
    assert desk.find(one).state == "waiting", "put off, not refused: it is asked again in a day"
    done = RefundCompleted(**money, completed_at=NOW)  # type: ignore[arg-type]
    desk.following.refund(events.new(done, subject=refund, version=2))
    desk.clock.forward(hours=24)
    desk.upkeep()
    assert desk.find(one).state == "erasing"


def test_an_erasure_that_nobody_answers_is_told_each_hour(desk: PrivacyDesk) -> None:
    one = desk.begun(somebody())
    for _ in range(2):
        desk.clock.forward(hours=1)
        assert desk.upkeep() == 1
    assert desk.find(one).state == "erasing"
    assert desk.finish(one).state == "completed"
    desk.clock.forward(hours=2)
    assert desk.upkeep() == 0
