"""Each persona, cut off at each failpoint: what must be so in the end, whatever happened on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from builders.kyc import KycDesk
from kyc.model.application import STEPS, Application
from kyc.model.states import State

POINTS = (
    *(f"kyc.{step}.{side}" for step in (*STEPS, "tell") for side in ("before", "after")),
    "kyc.document.stored",
    "kyc.document.settled",
    *(f"kyc.{kind}.{what}" for kind in ("pan", "aadhaar", "screening") for what in ("answered", "noted")),
)


@dataclass(frozen=True)
class Persona:
    """What somebody says, and where that leads: the state, and the finding that leads there."""

    said: dict[str, Any]
    state: State
    reason: str | None = None


PERSONAS = {
    "approve": Persona({}, "approved"),
    "reject": Persona({"pan": "REJ"}, "rejected", "PAN_INVALID"),
    "mismatch": Persona({"pan": "MIS"}, "in_review", "PAN_MISMATCH"),
    "slow": Persona({"pan": "SLO"}, "approved"),
    "broken": Persona({"pan": "BRO"}, "in_review", "PAN_UNAVAILABLE"),
    "another's number": Persona({"name": "Otherwise Rao"}, "in_review", "AADHAAR_MISMATCH"),
    "sanctioned": Persona({"name": "Sanctioned Rao"}, "rejected", "SANCTIONS_MATCH"),
    "exposed": Persona({"name": "Minister Rao"}, "in_review", "POLITICALLY_EXPOSED"),
    "unscreenable": Persona({"name": "Unscreenable Rao"}, "in_review", "SCREENING_UNAVAILABLE"),
    "broken picture": Persona({"content": b"no picture " * 20}, "returned", "PHOTO:DOCUMENT_TYPE"),
}


@dataclass(frozen=True)
class Case:
    """A persona, and the points at which its worker is cut off, once each."""

    persona: str
    cuts: tuple[str, ...]


def cases(personas: tuple[str, ...] = tuple(PERSONAS), most: int = 1) -> Iterator[Case]:
    """Yield each persona with every set of at most ``most`` points."""
    for persona in personas:
        for number in range(most + 1):
            yield from (Case(persona, cuts) for cuts in combinations(POINTS, number))


def play(desk: KycDesk, case: Case) -> Application:
    """Live a case to its end and judge it."""
    wanted = PERSONAS[case.persona]
    one = desk.submitted(**wanted.said)
    desk.strikes.plan = dict.fromkeys(case.cuts, 1)
    desk.drive(one.id)
    desk.strikes.plan = {}
    ended = desk.find(one.id)
    judge(desk, ended, wanted)
    return ended


def judge(desk: KycDesk, one: Application, wanted: Persona) -> None:
    """Hold everything against everything."""
    assert one.state == wanted.state, one
    assert wanted.reason is None or wanted.reason in one.reasons, one.reasons
    decisions = desk.applications.decisions(one.id)
    assert [each.kind for each in decisions] == ["rule"], "one decision, by rule"
    assert desk.told(one.id, "kyc.decided") == 1
    held = desk.applications.standing(one.person).tier
    assert held == ("basic" if one.state == "approved" else "none")
    assert desk.told(one.person, "kyc.tier_changed") == (one.state == "approved")
    letters = [state for of, state, _ in desk.letters.sent if of == one.id]
    assert set(letters) == ({one.state} if one.state != "in_review" else set()), letters
    assert not one.owes_letter
    assert "kyc.drive" not in desk.due_kinds(one), "nobody drives what is over"
    attempts = len(desk.evidence.verifications(one.id, 1, "pan"))
    assert attempts <= desk.rules.named(one.policy_version).attempts
    for document in desk.documents.of(one.id):
        assert document.id not in desk.store.came, "no open copy stays"
        assert (document.id in desk.store.lies) == (document.state == "kept")
        assert document.state in {"kept", "refused"}
