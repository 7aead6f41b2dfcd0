"""What the domain's role may not, and what two people at once cannot: held by PostgreSQL itself."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, LiteralString

import psycopg
import pytest

from builders.kyc import CHECKER, MAKER, NOW, DatabaseDesk, over, somebody
from fixtures.database import connect, settings_of
from kit.audit import Actor
from kit.errors import PreconditionFailed, Retryable
from kit.ids import uuid7
from kit.stores.postgres import Database
from kyc.model.application import Application, ApplicationId
from kyc.service.reviewing import Proposal

pytestmark = pytest.mark.stores

FORBIDDEN: tuple[LiteralString, ...] = (
    "DELETE FROM kyc_applications",
    "UPDATE kyc_applications SET person = gen_random_uuid()",
    "UPDATE kyc_applications SET forgotten = false",
    "UPDATE kyc_decisions SET verdict = 'approve'",
    "DELETE FROM kyc_decisions",
    "DELETE FROM kyc_standings",
    "UPDATE kyc_documents SET kind = 'photo'",
    "DELETE FROM kyc_documents",
    "UPDATE kyc_verifications SET outcome = 'match'",
    "DELETE FROM kyc_verifications",
    "UPDATE aml_screenings SET hits = '[]'",
    "DELETE FROM aml_screenings",
    "UPDATE kyc_disclosures SET reason = 'nothing'",
    "DELETE FROM kyc_disclosures",
    "SELECT * FROM vault.keys",
    "SELECT vault.destroy_key('kyc:x', '2026-01-01')",
)


@pytest.mark.parametrize("command", FORBIDDEN)
def test_the_domains_role_may_not(desk: DatabaseDesk, command: LiteralString) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.db.run(command, ())


@pytest.mark.parametrize("people", [(MAKER.id, MAKER.id), (MAKER.id, "applicant"), ("applicant", CHECKER.id)])
def test_one_person_is_never_two(desk: DatabaseDesk, people: tuple[str, str]) -> None:
    """A service that forgot to look would be stopped here."""
    person = somebody()
    one = Application(ApplicationId(uuid7()), person, "basic", NOW, NOW, "kyc-1")
    assert desk.applications.put(one, 0)
    maker, checker = (person if each == "applicant" else each for each in people)
    with pytest.raises(psycopg.errors.CheckViolation):
        desk.applications.put(replace(one, version=2, maker=maker, checker=checker), 1)


def test_an_aadhaar_number_has_no_column_and_details_are_sealed(desk: DatabaseDesk) -> None:
    one = Application(ApplicationId(uuid7()), somebody(), "basic", NOW, NOW, "kyc-1")
    with pytest.raises(psycopg.errors.CheckViolation):
        desk.applications.put(replace(one, details='{"aadhaar": "234567890124"}'), 0)


def at_once(shared: Database, acts: list[Callable[[DatabaseDesk], object]]) -> list[str]:
    """Do ``acts`` at the same moment, each on a connection of its own; return what became of them, sorted."""
    outcomes: list[str] = []
    start = threading.Barrier(len(acts))

    def work(act: Callable[[DatabaseDesk], object]) -> None:
        db = Database(settings_of(shared), connect)
        start.wait()
        try:
            act(over(db))
            outcomes.append("done")
        except (PreconditionFailed, Retryable):
            outcomes.append("too late")
        finally:
            db.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_two_checkers_at_once_decide_once(desk: DatabaseDesk, shared: Database) -> None:
    one = desk.in_review()
    taken = desk.reviewing.take(one.id, MAKER, one.version)
    proposed = desk.reviewing.propose(one.id, MAKER, taken.version, Proposal("approve", "Fine"))

    def check(agree: bool) -> Callable[[DatabaseDesk], object]:  # noqa: FBT001 - a verdict
        by = Actor(uuid7(), ("compliance",))
        return lambda own: own.reviewing.check(one.id, by, proposed.version, agree=agree, note="Mine")

    outcomes = at_once(shared, [check(agree) for agree in (True, False, True, False)])
    assert outcomes == ["done", "too late", "too late", "too late"]
    assert [each.kind for each in desk.reviewing.history(one.id)] == ["rule", "maker", "checker"]


def test_many_machines_drive_one_application_to_one_decision(desk: DatabaseDesk, shared: Database) -> None:
    """Six at once, as after a restart that starts what was running: the state in the book sequences them."""
    stories: tuple[dict[str, Any], ...] = ({}, {"pan": "BRO"}, {"name": "Sanctioned Rao"})
    for said in stories:
        one = desk.submitted(**said)

        def drive(own: DatabaseDesk, of: Application = one) -> None:
            own.store, own.letters, own.providers = desk.store, desk.letters, desk.providers
            own.drive(of.id, tries=200)

        assert at_once(shared, [drive] * 6) == ["done"] * 6
        ended = desk.find(one.id)
        assert ended.state == {"pan": "in_review", "name": "rejected"}.get(next(iter(said), ""), "approved")
        assert [each.kind for each in desk.reviewing.history(one.id)] == ["rule"]
        assert desk.told(one.id, "kyc.decided") == 1
        assert desk.told(one.person, "kyc.tier_changed") == (ended.state == "approved")


def test_somebody_who_begins_twice_at_once_has_one_application(desk: DatabaseDesk, shared: Database) -> None:
    person = somebody()
    outcomes = at_once(shared, [lambda own: own.applying.begin(person, "basic")] * 6)
    assert "done" in outcomes
    row = desk.db.one("SELECT count(*) FROM kyc_applications WHERE person = %s", (person,))
    assert row == (1,)
