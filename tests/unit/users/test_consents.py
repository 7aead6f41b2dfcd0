"""Consent: to the version of the notice that was read, withdrawn as easily as given, in a ledger that only grows."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from builders.moving_clock import MovingClock
from builders.users import House
from kit import clock
from kit.events.user_events import UserConsentChanged
from users import model
from users.adapters.consent_notices import FOLDER, ShippedNotices
from users.errors import NoticeOutdated, PurposeUnknown, UserUnknown
from users.model import Consent, ConsentEntry, ConsentId, UserId

pytestmark = pytest.mark.usefixtures("moving_clock")
V1 = "2026-11-01"
MAIL = "marketing_email"
PUBLISHED = {
    "marketing_email.2026-11-01.json": "638113fd46576c72ef33911c64201cdcd19a5b582cece047b63b862c75a6c7ba",
    "marketing_phone.2026-11-01.json": "371a4f1fc9c01b0ee61256e576ea0c6872fa31788608d03265246310bf960aad",
    "product_improvement.2026-11-01.json": "47a1fe099c432447d9cf3ba447d4ed6b1240c2821c085cd909f729cffbcfbe55",
}
"""Digests of what was published: a notice that is edited afterwards makes old consents unprovable."""


def state(house: House, user_id: UserId, purpose: str = MAIL) -> tuple[str, str | None]:
    found = next(one for one in house.consents.mine(user_id) if one.notice.purpose == purpose)
    return found.state, found.entry.version if found.entry else None


def test_no_published_notice_was_edited() -> None:
    found = {f"{one.purpose}.{one.version}.json": one.digest for one in ShippedNotices().every}
    assert found == PUBLISHED
    assert found.keys() == {path.name for path in FOLDER.glob("*")}


def test_every_notice_speaks_both_languages() -> None:
    for notice in ShippedNotices().every:
        assert {*notice.title} == {*notice.text} == {"en", "hi"}, notice.purpose
        assert all(notice.title.values())
        assert "DPDP" in notice.source or "Personal Data Protection" in notice.source


def test_consent_is_given_to_the_version_that_was_read_and_told() -> None:
    house = House()
    user = house.register()
    assert state(house, user.id) == ("never", None)
    given = house.consents.give(user.id, MAIL, V1, "hi")
    assert (given.state, state(house, user.id)) == ("given", ("given", V1))
    (line,) = house.consents.history(user.id, None, 10)
    assert (line.digest, line.locale, line.given) == (given.notice.digest, "hi", True)
    event = house.memory.events[-1]
    assert isinstance(event.data, UserConsentChanged)
    assert (event.data.purpose, event.data.notice_digest, event.data.given, event.version) == (
        MAIL, line.digest, True, 2,
    )  # fmt: skip
    assert state(house, user.id, "marketing_phone") == ("never", None)


def test_it_is_withdrawn_as_easily_and_both_lines_stay(moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    house.consents.give(user.id, MAIL, V1, None)
    moving_clock.advance(60)
    assert house.consents.withdraw(user.id, MAIL).state == "withdrawn"
    moving_clock.advance(60)
    house.consents.give(user.id, MAIL, V1, None)
    assert [one.given for one in house.consents.history(user.id, None, 10)] == [True, False, True]
    assert house.event_types()[1:] == ["user.consent_changed"] * 3


def test_the_same_again_and_a_first_withdrawal_change_nothing() -> None:
    house = House()
    user = house.register()
    assert house.consents.withdraw(user.id, MAIL).state == "never"
    house.consents.give(user.id, MAIL, V1, None)
    house.consents.give(user.id, MAIL, V1, None)
    house.consents.withdraw(user.id, MAIL)
    house.consents.withdraw(user.id, MAIL)
    assert len(house.consents.history(user.id, None, 10)) == 2


def test_consent_to_an_unknown_purpose_or_version_or_by_nobody_is_refused() -> None:
    house = House()
    user = house.register()
    with pytest.raises(PurposeUnknown):
        house.consents.give(user.id, "selling_data", V1, None)
    with pytest.raises(PurposeUnknown):
        house.consents.withdraw(user.id, "selling_data")
    with pytest.raises(NoticeOutdated, match="consents/notices"):
        house.consents.give(user.id, MAIL, "2025-01-01", None)
    with pytest.raises(UserUnknown):
        house.consents.give(UserId("0197f3a0-0000-7000-8000-0000000000ff"), MAIL, V1, None)


def test_a_newer_notice_outdates_consent_from_its_day_on(tmp_path: Path, moving_clock: MovingClock) -> None:
    house = House()
    user = house.register()
    house.consents.give(user.id, MAIL, V1, None)
    tomorrow = clock.now().date() + timedelta(days=1)
    for path in FOLDER.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    told = json.loads((FOLDER / f"{MAIL}.{V1}.json").read_text())
    newer = {**told, "version": tomorrow.isoformat(), "effective_from": tomorrow.isoformat()}
    (tmp_path / "newer.json").write_text(json.dumps(newer))
    keeping = replace(house.consents, texts=ShippedNotices(tmp_path))

    def now() -> Consent:
        return next(one for one in keeping.mine(user.id) if one.notice.purpose == MAIL)

    assert now().state == "given"
    moving_clock.advance(86_400)
    assert now().state == "outdated"
    with pytest.raises(NoticeOutdated):
        keeping.give(user.id, MAIL, V1, None)
    assert keeping.give(user.id, MAIL, tomorrow.isoformat(), None).state == "given"
    assert len(keeping.history(user.id, None, 10)) == 2


def test_nothing_is_in_force_before_its_day() -> None:
    assert ShippedNotices().in_force(date(2026, 10, 31)) == []


@pytest.mark.parametrize(
    ("given", "newest", "news"),
    [
        (True, None, True),
        (False, None, False),
        (True, (True, "a"), False),
        (True, (True, "b"), True),
        (True, (False, "a"), True),
        (False, (True, "b"), True),
        (False, (False, "b"), False),
    ],
)
def test_what_is_news(given: bool, newest: tuple[bool, str] | None, news: bool) -> None:  # noqa: FBT001 - a table
    def line(said: bool, digest: str) -> ConsentEntry:  # noqa: FBT001 - as above
        return ConsentEntry(ConsentId("1"), UserId("2"), MAIL, V1, digest, said, "en", clock.now())

    assert model.is_news(line(given, "a"), line(*newest) if newest else None) is news
