"""Who leaves: the letters on the way, the end of every session with the account, and all of it may come twice."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.users import House
from kit import events
from kit.events.privacy_events import (
    PrivacyErasureCancelled,
    PrivacyErasureClosing,
    PrivacyErasureCompleted,
    PrivacyErasureDue,
    PrivacyErasureHeld,
    PrivacyErasureRequested,
    PrivacyExportReady,
)
from kit.events.user_events import UserSessionsRevoked
from kit.privacy import Document, Erased
from users.model import User
from users.ports.letters import Letter
from users.service.leaving import AccountContributor, Leaving

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
NOBODY = "0197f3a0-0000-7000-8000-0000000000ff"


@dataclass
class Letters:
    """Letters that were written, by their keys."""

    written: dict[str, tuple[str | None, Letter]] = field(default_factory=dict)

    def write(self, key: str, user: User, letter: Letter) -> None:
        self.written[key] = (user.email, letter)


@dataclass
class Tables:
    """What an account's tables contribute; ``removed`` is what an erasure finds."""

    removed: dict[str, int]

    def collect(self, person: str) -> Document:
        return {"account": [{"id": person}]}

    def erase(self, person: str, at: datetime) -> Erased:
        del person, at
        return Erased(removed=self.removed, kept=())


def told(data: Any) -> Any:
    return events.new(
        data, subject=data.erasure_id if hasattr(data, "erasure_id") else data.export_id, version=3
    )


def erased(house: House, user: User) -> None:
    house.memory.users[user.id] = replace(user, email=None, phone=None, not_before=user.not_before + 1)


@pytest.mark.parametrize(
    ("kind", "more", "letter"),
    [
        (PrivacyErasureRequested, {"due_at": NOW, "requested_at": NOW}, Letter("erasure_requested", NOW)),
        (PrivacyErasureCancelled, {"cancelled_at": NOW}, Letter("erasure_cancelled")),
        (PrivacyErasureHeld, {"held_at": NOW}, Letter("erasure_held")),
        (PrivacyErasureClosing, {"closing_at": NOW}, Letter("erasure_closing")),
    ],
)
def test_each_turn_of_an_erasure_has_its_letter(
    kind: type[Any], more: dict[str, Any], letter: Letter
) -> None:
    house, letters = House(), Letters()
    user = house.register()
    event = told(kind(person=user.id, erasure_id=NOBODY, **more))
    Leaving(house.accounts, house.mirror, letters).after(event)
    assert letters.written == {f"{kind.TYPE}:{NOBODY}:3": (user.email, letter)}


def test_an_export_that_is_ready_has_a_letter_and_what_is_done_has_none() -> None:
    house, letters = House(), Letters()
    user, leaving = house.register(), Leaving(house.accounts, house.mirror, letters)
    leaving.after(told(PrivacyErasureCompleted(person=user.id, erasure_id=NOBODY, completed_at=NOW)))
    assert letters.written == {}
    ready = PrivacyExportReady(
        person=user.id, export_id=NOBODY, sha256="0" * 64, expires_at=NOW, ready_at=NOW
    )
    leaving.after(told(ready))
    assert list(letters.written.values()) == [(user.email, Letter("export_ready", NOW))]


def test_tokens_are_refused_once_the_account_is_erased_and_nobody_is_written_to() -> None:
    house, letters = House(), Letters()
    user, leaving = house.register(), Leaving(house.accounts, house.mirror, letters)
    due = told(PrivacyErasureDue(person=user.id, erasure_id=NOBODY, domains=("users",), due_at=NOW))
    leaving.after(due)
    assert house.mirror.stale == {}, "the account is there still: its turn comes last"
    erased(house, user)
    leaving.after(due)
    assert house.mirror.stale == {user.id: user.not_before + 1}
    leaving.after(told(PrivacyErasureCancelled(person=user.id, erasure_id=NOBODY, cancelled_at=NOW)))
    leaving.after(told(PrivacyErasureCancelled(person=NOBODY, erasure_id=NOBODY, cancelled_at=NOW)))
    assert letters.written == {}


def test_the_end_of_all_sessions_is_told_with_the_account_and_once() -> None:
    house, said = House(), list[Any]()
    user = house.register()
    own = AccountContributor(Tables({"account": 1}), house.accounts, said.append)
    assert own.collect(user.id) == {"account": [{"id": user.id}]}
    assert own.erase(user.id, NOW).removed == {"account": 1}
    (event,) = said
    assert isinstance(event.data, UserSessionsRevoked)
    assert (event.data.user_id, event.data.reason) == (user.id, "erased")
    for person, removed in ((user.id, {}), (NOBODY, {"account": 1})):
        AccountContributor(Tables(removed), house.accounts, said.append).erase(person, NOW)
    assert said == [event]
