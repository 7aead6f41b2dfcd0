"""What time brings: drafts nobody finishes, tiers that end, records the law lets go, late reviews."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit import audit, clock, telemetry
from kyc.model.application import Application, ApplicationId
from kyc.model.states import EDITABLE
from kyc.policies import Policies
from kyc.ports.applications import Applications
from kyc.ports.evidence import Documents, DocumentStore
from kyc.service import facts
from kyc.service.outcomes import Outcomes, Ruling

_ACTOR: Final = "kyc-schedule"


@dataclass(frozen=True, slots=True)
class Lapsing:
    """Work of due rows: each looks at the state again, and doing it twice is doing it once."""

    applications: Applications
    documents: Documents
    store: DocumentStore
    outcomes: Outcomes
    policies: Policies
    now: Callable[[], datetime] = clock.now

    def expire(self, application_id: ApplicationId) -> None:
        """End what is over: an unfinished draft, a video nobody came to, a tier. Raises ``Retryable``."""
        one = self.applications.find(application_id)
        if one is not None and self._over(one):
            self.outcomes.keep(one.expired(self.now()), one.version, Ruling("time", "expire"))

    def _over(self, one: Application) -> bool:
        if one.state == "approved":
            return one.valid_until is not None and one.valid_until <= self.now()
        return one.state in EDITABLE or one.state == "video_wanted"

    def forget(self, application_id: ApplicationId) -> None:
        """Delete documents, then everything personal. Raises ``Retryable``."""
        one, at = self.applications.find(application_id), self.now()
        if one is None or one.forgotten or one.keep_until is None or one.keep_until > at:
            return
        for document in self.documents.of(one.id):
            self.store.delete(document)
        deed = facts.deed(audit.system(_ACTOR), "kyc.forget", one)
        if self.applications.forget(one.id, at, (deed,)):
            telemetry.count("KycForgotten")

    def late(self) -> int:
        """Count reviews that are late, for an alarm."""
        at = self.now()
        count = self.applications.waiting_since(at - self.policies.on(at.date()).review_within)
        telemetry.count("KycReviewsLate", count)
        return count
