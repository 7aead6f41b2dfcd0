"""Register, change and remove webhook endpoints; give them a new secret."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from kit import clock, ids
from kit.errors import Conflict, PreconditionFailed
from kit.sealing import Sealer
from partners.errors import AddressTaken, ApplicationClosed, ApplicationUnknown, EndpointUnknown, TooMany
from partners.model.application import ApplicationId, OwnerId
from partners.model.target import Reach
from partners.model.webhook import MOST_ENDPOINTS, SECRET, Endpoint, EndpointId, EventType, show_secret
from partners.ports import Applications, Chance, Endpoints
from partners.service import facts

LONGEST_OVERLAP: Final = timedelta(days=7)


def secret_field(endpoint: EndpointId) -> str:
    """Return the name under which a signing secret is sealed: of one endpoint and no other."""
    return f"{SECRET}:{endpoint}"


@dataclass(frozen=True, slots=True)
class EndpointKeeping:
    """What people do with the endpoints of their applications."""

    applications: Applications
    endpoints: Endpoints
    sealer: Sealer
    chance: Chance
    reach: Reach

    def register(
        self, owner: OwnerId, application: ApplicationId, url: str, types: Sequence[EventType]
    ) -> tuple[Endpoint, str]:
        """Register an endpoint; return it and, this once, its signing secret.

        Raises ``ApplicationUnknown``, ``ApplicationClosed``, ``TargetRefused``, ``AddressTaken``,
        ``TooMany``.
        """
        found = self.applications.find(owner, application)
        if found is None:
            raise ApplicationUnknown
        if not found.open:
            raise ApplicationClosed
        self.reach.target(url)
        endpoint, now, secret = (
            EndpointId(ids.uuid7()),
            clock.now(),
            show_secret(self.chance.signing_secret()),
        )
        one = Endpoint(
            id=endpoint,
            application_id=application,
            owner=owner,
            url=url,
            types=tuple(sorted(set(types))),
            active=True,
            disabled=None,
            failing_since=None,
            secret=self.sealer.seal(owner, secret_field(endpoint), secret),
            previous=None,
            previous_until=None,
            version=1,
            created_at=now,
            updated_at=now,
        )
        placed = self.endpoints.register(one, MOST_ENDPOINTS, facts.endpoint_registered(one))
        if placed == "taken":
            raise AddressTaken
        if placed == "full":
            raise TooMany(f"An application may have {MOST_ENDPOINTS} endpoints: change one instead")
        return one, secret

    def list(self, owner: OwnerId, application: ApplicationId) -> list[Endpoint]:
        """Return its endpoints. Raises ``ApplicationUnknown``."""
        if self.applications.find(owner, application) is None:
            raise ApplicationUnknown
        return self.endpoints.of(owner, application)

    def read(self, owner: OwnerId, endpoint: EndpointId) -> Endpoint:
        """Return one. Raises ``EndpointUnknown``."""
        found = self.endpoints.find(owner, endpoint)
        if found is None:
            raise EndpointUnknown
        return found

    def change(
        self,
        owner: OwnerId,
        endpoint: EndpointId,
        version: int,
        *,
        url: str | None = None,
        types: Sequence[EventType] | None = None,
        active: bool | None = None,
    ) -> Endpoint:
        """Change where to, what, and whether; enabled again, it begins without failures.

        Raises ``EndpointUnknown``, ``PreconditionFailed``, ``TargetRefused``, ``AddressTaken``.
        """
        was = self.read(owner, endpoint)
        if was.version != version:
            raise PreconditionFailed
        if url is not None:
            self.reach.target(url)
        wanted = replace(
            was,
            url=was.url if url is None else url,
            types=was.types if types is None else tuple(sorted(set(types))),
        )
        if active is not None and active != was.active:
            wanted = replace(wanted, active=active, disabled=None if active else "owner", failing_since=None)
        return was if wanted == was else self._save(wanted, was.version)

    def rotate_secret(self, owner: OwnerId, endpoint: EndpointId, overlap: timedelta) -> tuple[Endpoint, str]:
        """Make a new signing secret; what is sent is signed with the old one too for ``overlap``.

        Raises ``EndpointUnknown``, ``Conflict`` when somebody else changes it now.
        """
        was, now = self.read(owner, endpoint), clock.now()
        secret = show_secret(self.chance.signing_secret())
        wanted = replace(
            was,
            secret=self.sealer.seal(owner, secret_field(endpoint), secret),
            previous=was.secret if overlap else None,
            previous_until=now + overlap if overlap else None,
        )
        try:
            return self._save(wanted, was.version), secret
        except PreconditionFailed as error:
            raise Conflict("The endpoint was changed by somebody else: try again") from error

    def remove(self, owner: OwnerId, endpoint: EndpointId) -> None:
        """Remove it with its log. Raises ``EndpointUnknown``, ``Conflict`` as above."""
        was = self.read(owner, endpoint)
        if not self.endpoints.remove(was, facts.endpoint_removed(was)):
            raise Conflict("The endpoint was changed by somebody else: try again")

    def _save(self, one: Endpoint, version: int) -> Endpoint:
        changed = replace(one, version=version + 1, updated_at=clock.now())
        saved = self.endpoints.save(changed, version, (facts.endpoint_changed(changed),))
        if saved == "taken":
            raise AddressTaken
        if saved == "stale":
            raise PreconditionFailed
        return changed
