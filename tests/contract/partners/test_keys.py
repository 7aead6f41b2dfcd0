"""One suite for applications, keys, plans and usage: in memory and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from builders.moving_clock import MovingClock
from builders.partners import Desk, Stores, prefix_and_secret, same, somebody
from kit import clock
from kit.audit import system
from kit.errors import PreconditionFailed, Retryable
from partners.errors import ApplicationClosed, ApplicationUnknown, KeyEnded, KeyUnknown, NameTaken, TooMany
from partners.model.application import MOST_APPLICATIONS, ApplicationId
from partners.model.key import MOST_KEYS, KeyId, digest_of
from partners.model.usage import Counted, HourOfUsage

pytestmark = pytest.mark.usefixtures("moving_clock")
OVERLAP = timedelta(hours=24)


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)


def live(desk: Desk, credential: str) -> bool:
    return desk.memory_mirror.live(credential.split("_")[1])


def test_an_application_is_its_owners_and_has_a_name_of_its_own(desk: Desk) -> None:
    owner, other = somebody(), somebody()
    made = desk.application(owner)
    desk.application(other)

    assert desk.applications.list(owner) == [made]
    assert desk.applications.contact_of(made) == "ops@example.com"
    assert "ops@example.com" not in str(made)
    with pytest.raises(ApplicationUnknown):
        desk.applications.read(other, made.id)
    with pytest.raises(NameTaken):
        desk.application(owner)
    with pytest.raises(ApplicationUnknown):
        desk.keys.list(other, made.id)
    assert desk.stores.told(made.id) == ["application.registered"]


def test_there_are_ten_applications_and_ten_live_keys_at_most(desk: Desk) -> None:
    owner = somebody()
    made = [desk.application(owner, f"No {number}") for number in range(MOST_APPLICATIONS)]
    with pytest.raises(TooMany):
        desk.application(owner, "one more")

    keys = [desk.issue(made[0], f"key {number}") for number in range(MOST_KEYS)]
    with pytest.raises(TooMany):
        desk.issue(made[0], "one more")
    desk.keys.revoke(owner, made[0].id, keys[0].key.id)
    assert desk.issue(made[0], "one more").key.name == "one more"


def test_a_key_is_kept_without_its_secret_and_opens_at_once(desk: Desk) -> None:
    made = desk.application(somebody())
    issued = desk.issue(made, "main", "203.0.113.0/24")
    prefix, secret = prefix_and_secret(issued)

    (kept,) = desk.keys.list(made.owner, made.id)
    assert kept == issued.key
    assert kept.digest == digest_of(secret)
    assert secret not in str(kept)
    mirrored = desk.memory_mirror.kept[prefix]
    assert (mirrored.live, mirrored.plan, mirrored.quota) == (True, "enterprise", 10_000)
    assert mirrored.networks == (f"{(0xFFFF << 32 | 0xCB007100):0128b}"[:120],)
    assert desk.stores.told(kept.id) == ["api_key.issued"]
    with pytest.raises(NameTaken):
        desk.issue(made, "main")


def test_a_rotated_key_lives_beside_its_successor_for_the_overlap(
    desk: Desk, moving_clock: MovingClock
) -> None:
    made = desk.application(somebody())
    old = desk.issue(made, "main", "2001:db8::/32")
    new = desk.keys.rotate(made.owner, made.id, old.key.id, OVERLAP)

    assert same(new.key) == same(old.key)
    assert live(desk, old.credential)
    assert live(desk, new.credential)
    with pytest.raises(KeyEnded):
        desk.keys.rotate(made.owner, made.id, old.key.id, OVERLAP)
    assert desk.stores.told(old.key.id) == ["api_key.issued", "api_key.replaced"]

    moving_clock.advance(OVERLAP.total_seconds())
    kept = desk.keys.list(made.owner, made.id)
    assert {one.id: one.live(clock.now()) for one in kept} == {old.key.id: False, new.key.id: True}


def test_without_overlap_the_old_key_ends_at_once(desk: Desk) -> None:
    made = desk.application(somebody())
    old = desk.issue(made)
    desk.keys.rotate(made.owner, made.id, old.key.id, timedelta(0))

    assert not live(desk, old.credential)


def test_a_revoked_key_opens_nothing_and_no_older_news_brings_it_back(desk: Desk) -> None:
    made = desk.application(somebody())
    issued = desk.issue(made)
    before = desk.stores.source.of_application(made.id, clock.now())
    desk.keys.revoke(made.owner, made.id, issued.key.id)

    assert not live(desk, issued.credential)
    desk.memory_mirror.put(before)
    assert not live(desk, issued.credential)
    desk.mirroring.rebuild()
    assert not live(desk, issued.credential)
    desk.keys.revoke(made.owner, made.id, issued.key.id)
    assert desk.stores.told(issued.key.id) == ["api_key.issued", "api_key.revoked"]
    with pytest.raises(KeyUnknown):
        desk.keys.revoke(somebody(), made.id, issued.key.id)
    with pytest.raises(KeyUnknown):
        desk.keys.revoke(made.owner, made.id, KeyId(made.id))


def test_a_revocation_that_cannot_be_told_is_not_answered_as_done(desk: Desk) -> None:
    made = desk.application(somebody())
    issued = desk.issue(made)
    desk.memory_mirror.away = True
    with pytest.raises(Retryable):
        desk.keys.revoke(made.owner, made.id, issued.key.id)

    desk.memory_mirror.away = False
    assert live(desk, issued.credential)
    desk.keys.revoke(made.owner, made.id, issued.key.id)
    assert not live(desk, issued.credential)


def test_a_key_that_cannot_be_told_is_given_all_the_same(desk: Desk) -> None:
    made = desk.application(somebody())
    desk.memory_mirror.away = True
    issued = desk.issue(made)
    desk.memory_mirror.away = False

    assert not live(desk, issued.credential)
    desk.mirroring.rebuild()
    assert live(desk, issued.credential)


def test_a_disabled_or_suspended_application_has_no_key_that_opens(desk: Desk) -> None:
    made = desk.application(somebody())
    issued = desk.issue(made)
    off = desk.applications.change(made.owner, made.id, 1, active=False)
    assert not live(desk, issued.credential)
    with pytest.raises(ApplicationClosed):
        desk.issue(made, "another")
    with pytest.raises(PreconditionFailed):
        desk.applications.change(made.owner, made.id, 1, active=True)

    on = desk.applications.change(made.owner, made.id, off.version, active=True, name="Renamed")
    assert live(desk, issued.credential)

    held = desk.applications.decide(made.id, None, system("tests"), suspended=True)
    assert held.version == on.version + 1
    assert not live(desk, issued.credential)
    assert desk.stores.told(made.id)[-2:] == ["application.changed", "action.performed"]
    with pytest.raises(ApplicationUnknown):
        desk.applications.decide(ApplicationId(issued.key.id), None, system("tests"), suspended=True)


def test_two_applications_never_get_one_name(desk: Desk) -> None:
    owner = somebody()
    desk.application(owner, "One")
    two = desk.application(owner, "Two")
    with pytest.raises(NameTaken):
        desk.applications.change(owner, two.id, 1, name="One")


def test_the_plan_that_events_told_last_sets_the_quota(desk: Desk) -> None:
    made = desk.application(somebody())
    prefix, _ = prefix_and_secret(desk.issue(made))

    assert desk.stores.owners.change(made.owner, "free", 7)
    assert not desk.stores.owners.change(made.owner, "enterprise", 6)
    desk.mirroring.tell_owner(made.owner)
    now = desk.memory_mirror.kept[prefix]
    assert (now.plan, now.quota, now.bucket) == ("free", 100, made.owner)

    desk.applications.decide(made.id, "partner", system("tests"), suspended=False)
    agreed = desk.memory_mirror.kept[prefix]
    assert (agreed.plan, agreed.quota, agreed.bucket) == ("free", 50_000, made.id)


def test_a_plan_known_before_the_application_is_not_overwritten(desk: Desk) -> None:
    owner = somebody()
    desk.stores.owners.change(owner, "premium", 3)
    made = desk.application(owner)
    prefix, _ = prefix_and_secret(desk.issue(made))

    assert desk.memory_mirror.kept[prefix].quota == 1_000


def test_a_rebuild_is_read_in_pages_and_forgets_what_ended_long_ago(
    desk: Desk, moving_clock: MovingClock
) -> None:
    made = desk.application(somebody())
    issued = [desk.issue(made, f"key {number}") for number in range(3)]
    desk.keys.revoke(made.owner, made.id, issued[0].key.id)
    source, now = desk.stores.source, clock.now()
    first = source.page("", 2, now)
    rest = source.page(first[-1].prefix, 2, now)

    assert [one.prefix for one in [*first, *rest]] == sorted(one.key.prefix for one in issued)
    assert sorted(one.live for one in [*first, *rest]) == [False, True, True]
    moving_clock.advance(3_601)
    assert len(source.page("", 10, clock.now())) == 2
    moving_clock.advance(90 * 86_400)
    assert source.page("", 10, clock.now()) == []


def test_counters_are_kept_at_their_greatest_and_epochs_add_up(desk: Desk) -> None:
    made = desk.application(somebody())
    key = desk.issue(made).key.id
    hour = datetime(2027, 1, 15, 8, tzinfo=UTC)
    one = Counted(key, hour, "a", 5, 1, 0)

    desk.stores.book.keep([one])
    desk.stores.book.keep([replace(one, requests=9), replace(one, epoch="b", requests=3)])
    desk.stores.book.keep([one, replace(one, key=KeyId(made.id), requests=99)])

    day = (hour, hour + timedelta(hours=1))
    assert desk.stores.book.read(made.owner, made.id, *day) == [HourOfUsage(hour, key, 12, 2, 0)]
    assert desk.stores.book.read(made.owner, made.id, day[1], day[1] + OVERLAP) == []
    assert desk.stores.book.read(somebody(), made.id, *day) == []


def test_a_disabled_owners_keys_open_nothing_until_the_account_is_enabled(desk: Desk) -> None:
    made, other = desk.application(somebody()), desk.application(somebody())
    mine, theirs = desk.issue(made).credential, desk.issue(other).credential

    assert desk.stores.owners.stand(made.owner, 4, disabled=True)
    desk.mirroring.tell_owner(made.owner)
    assert (live(desk, mine), live(desk, theirs)) == (False, True)
    assert not desk.stores.owners.stand(made.owner, 3, disabled=False), "what came before comes too late"
    desk.stores.owners.change(made.owner, "premium", 5)
    desk.mirroring.rebuild()
    assert not live(desk, mine), "a plan does not enable"
    desk.mirroring.tell(made.id)
    assert not live(desk, desk.issue(made, "made while the account was being disabled").credential)

    assert desk.stores.owners.stand(made.owner, 6, disabled=False)
    desk.mirroring.tell_owner(made.owner)
    assert live(desk, mine)
    (found,) = (one for one in desk.stores.source.of_owner(made.owner, clock.now()) if one.prefix in mine)
    assert found.plan == "premium"


def test_somebody_who_was_disabled_before_they_had_anything_has_the_plan_of_their_token(desk: Desk) -> None:
    owner = somebody()
    desk.stores.owners.stand(owner, 2, disabled=True)
    made = desk.application(owner)
    assert not live(desk, desk.issue(made).credential)
    desk.stores.owners.stand(owner, 3, disabled=False)
    (found,) = desk.stores.source.of_owner(owner, clock.now())
    assert (found.live, found.plan) == (True, "enterprise")
