"""Providers are asked a few times; each answer, and each time nobody answered, is written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit import clock, failpoint, telemetry
from kit.errors import Retryable
from kyc.model.application import Application
from kyc.model.details import Details
from kyc.model.evidence import AmlScreening, Answer, CheckKind, Screened, Verification
from kyc.ports.evidence import Evidence
from kyc.ports.providers import Registers, Watchlists


@dataclass(frozen=True, slots=True)
class Asking:
    """After ``attempts`` without an answer a round goes on without it: people will look."""

    evidence: Evidence
    registers: Registers
    watchlists: Watchlists
    now: Callable[[], datetime] = clock.now
    hit: Callable[[str], None] = failpoint.hit

    def verify(self, one: Application, kind: CheckKind, details: Details, attempts: int) -> None:
        """Ask a register unless it has answered. Raises ``Retryable`` while it is worth another try."""
        known = self.evidence.verifications(one.id, one.round, kind)
        if any(each.answer.outcome != "unavailable" for each in known) or len(known) >= attempts:
            return
        answer, failure = self._answer(one, kind, details)
        self.hit(f"kyc.{kind}.answered")
        self.evidence.note(Verification(one.id, one.round, kind, len(known) + 1, self.now(), answer))
        self.hit(f"kyc.{kind}.noted")
        if failure is not None and len(known) + 1 < attempts:
            raise failure

    def _answer(self, one: Application, kind: CheckKind, details: Details) -> tuple[Answer, Retryable | None]:
        key = f"{one.id}/{one.round}/{kind}"
        try:
            if kind == "pan":
                return self.registers.pan(details.pan, details.name, details.born, key=key), None
            return (
                self.registers.aadhaar(details.aadhaar_reference, details.name, details.born, key=key),
                None,
            )
        except Retryable as error:
            telemetry.count("KycProviderAway", kind=kind)
            return Answer("unavailable"), error

    def screen(self, one: Application, details: Details, attempts: int) -> None:
        """Ask the lists unless they have answered. Raises ``Retryable`` while it is worth another try."""
        known = self.evidence.screenings(one.id, one.round)
        if any(each.screened is not None for each in known) or len(known) >= attempts:
            return
        screened: Screened | None = None
        failure: Retryable | None = None
        try:
            screened = self.watchlists.screen(
                details.name, details.born, key=f"{one.id}/{one.round}/screening"
            )
        except Retryable as error:
            telemetry.count("KycProviderAway", kind="screening")
            failure = error
        self.hit("kyc.screening.answered")
        self.evidence.note_screening(AmlScreening(one.id, one.round, len(known) + 1, self.now(), screened))
        self.hit("kyc.screening.noted")
        if failure is not None and len(known) + 1 < attempts:
            raise failure

    def answers(self, one: Application) -> dict[CheckKind, Answer]:
        """Return what each register said in this round in the end."""
        found: dict[CheckKind, Answer] = {}
        kinds: tuple[CheckKind, ...] = ("pan", "aadhaar")
        for kind in kinds:
            attempts = self.evidence.verifications(one.id, one.round, kind)
            said = [each.answer for each in attempts if each.answer.outcome != "unavailable"]
            found[kind] = said[0] if said else Answer("unavailable")
        return found

    def screened(self, one: Application) -> Screened | None:
        """Return what the lists said in this round, None where they never answered."""
        attempts = self.evidence.screenings(one.id, one.round)
        return next((each.screened for each in attempts if each.screened is not None), None)
