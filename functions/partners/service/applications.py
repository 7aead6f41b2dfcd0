"""Register, list, rename and disable applications; and what administrators decide of them."""

from dataclasses import dataclass, replace

from kit import audit, clock, ids
from kit.audit import Actor
from kit.errors import PreconditionFailed
from kit.identity import Plan
from kit.sealing import Erased, Sealer
from partners.errors import ApplicationUnknown, NameTaken, TooMany
from partners.model.application import CONTACT, MOST_APPLICATIONS, Application, ApplicationId, OwnerId
from partners.ports import Applications
from partners.ports.applications import Saved
from partners.service import facts
from partners.service.mirroring import Mirroring


@dataclass(frozen=True, slots=True)
class ApplicationKeeping:
    """What people do with their applications."""

    applications: Applications
    mirroring: Mirroring
    sealer: Sealer

    def register(self, owner: OwnerId, plan: Plan, name: str, contact: str | None) -> Application:
        """Register an application. Raises ``NameTaken``, ``TooMany``."""
        now = clock.now()
        one = Application(
            id=ApplicationId(ids.uuid7()),
            owner=owner,
            name=name,
            contact=self.sealer.seal(owner, CONTACT, contact) if contact else None,
            active=True,
            suspended=False,
            tier=None,
            version=1,
            created_at=now,
            updated_at=now,
        )
        placed = self.applications.register(one, plan, MOST_APPLICATIONS, facts.application_registered(one))
        if placed == "taken":
            raise NameTaken
        if placed == "full":
            raise TooMany(f"There may be {MOST_APPLICATIONS} applications: rename one instead")
        return one

    def list(self, owner: OwnerId) -> list[Application]:
        """Return the owner's applications."""
        return self.applications.of(owner)

    def read(self, owner: OwnerId, application: ApplicationId) -> Application:
        """Return one. Raises ``ApplicationUnknown``."""
        found = self.applications.find(owner, application)
        if found is None:
            raise ApplicationUnknown
        return found

    def contact_of(self, application: Application) -> str | None:
        """Return the address of mail in the clear; None when there is none, or it was erased."""
        if application.contact is None:
            return None
        try:
            return self.sealer.open(application.owner, CONTACT, application.contact)
        except Erased:
            return None

    def change(
        self,
        owner: OwnerId,
        application: ApplicationId,
        version: int,
        *,
        name: str | None = None,
        active: bool | None = None,
    ) -> Application:
        """Rename, disable or enable it.

        Once this returns, a disabled application's keys open nothing. Raises ``ApplicationUnknown``,
        ``PreconditionFailed``, ``NameTaken``, and ``Retryable`` when it is disabled but the authorizer could
        not be told yet: ask again.
        """
        was = self.read(owner, application)
        if was.version != version:
            raise PreconditionFailed
        wanted = replace(
            was,
            name=was.name if name is None else name,
            active=was.active if active is None else active,
        )
        now = was if wanted == was else self._save(wanted, was.version, owner)
        self._tell(now)
        return now

    def decide(
        self, application: ApplicationId, tier: str | None, by: Actor, *, suspended: bool
    ) -> Application:
        """Give it the plan of an agreement or take it, suspend it or not. Raises as :meth:`change`."""
        was = self.applications.find(None, application)
        if was is None:
            raise ApplicationUnknown
        wanted = replace(was, tier=tier, suspended=suspended)
        now = was if wanted == was else self._save(wanted, was.version, by.id, by)
        self._tell(now)
        return now

    def _tell(self, one: Application) -> None:
        if one.open:
            self.mirroring.tell_soon(one.id)
        else:
            self.mirroring.tell(one.id)

    def _save(self, one: Application, version: int, by: str, actor: Actor | None = None) -> Application:
        changed = replace(one, version=version + 1, updated_at=clock.now())
        told = [facts.application_changed(changed, by)]
        if actor is None:
            return _saved(self.applications.save(changed, version, told), changed)
        state = {"tier": changed.tier, "suspended": changed.suspended}
        deed = audit.performed(actor, "application.decide", kind="application", id=changed.id, after=state)
        return _saved(self.applications.save(changed, version, (*told, deed)), changed)


def _saved(saved: Saved, changed: Application) -> Application:
    if saved == "taken":
        raise NameTaken
    if saved == "stale":
        raise PreconditionFailed
    return changed
