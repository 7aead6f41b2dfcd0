"""Events: what others may know of an application, and of what staff did. No personal data in any."""

from typing import Any, Final

from kit import audit, events
from kit.events import Event
from kit.events.audit_events import ActionPerformed
from kit.events.kyc_events import KycDecided, KycSubmitted, KycTierChanged
from kyc.model.application import Application
from kyc.model.tier import Standing

_OUTCOMES: Final = frozenset({"approved", "rejected", "returned", "in_review", "video_wanted"})
_SHOWN: Final = (
    "state", "version", "round", "wanted", "tier", "score", "maker", "proposal", "checker", "officer",
    "appointment",
)  # fmt: skip


def submitted(one: Application) -> Event[KycSubmitted]:
    """Tell that the checks may begin."""
    data = KycSubmitted(
        user_id=one.person,
        application_id=one.id,
        round=one.round,
        tier=one.wanted,
        policy_version=one.policy_version,
        submitted_at=one.changed_at,
    )
    return events.new(data, subject=one.id, version=one.version)


def decided(one: Application, *, by_rule: bool) -> tuple[Event[KycDecided], ...]:
    """Tell where it went; that it is back in review, or over by time, is no outcome."""
    if one.state not in _OUTCOMES:
        return ()
    data = KycDecided(
        user_id=one.person,
        application_id=one.id,
        round=one.round,
        outcome=one.state,  # type: ignore[arg-type] # one of them, as was just seen
        by="rule" if by_rule else "people",
        score=one.score,
        policy_version=one.policy_version,
        decided_at=one.changed_at,
    )
    return (events.new(data, subject=one.id, version=one.version),)


def tier_changed(one: Application, was: Standing, now: Standing) -> Event[KycTierChanged]:
    """Tell what ``one`` made of a person's tier."""
    causes = {"approved": "approved", "expired": "expired", "rejected": "sanctioned"}
    data = KycTierChanged(
        user_id=one.person,
        tier=now.tier,
        previous=was.tier,
        valid_until=now.valid_until if now.tier != "none" else None,
        cause=causes[one.state],  # type: ignore[arg-type] # only these change a tier
        application_id=one.id,
        changed_at=one.changed_at,
    )
    return events.new(data, subject=one.person, version=now.version)


def deed(
    by: audit.Actor, action: str, before: Application, after: Application | None = None
) -> Event[ActionPerformed]:
    """Return what the audit log keeps of a privileged action; nothing ``after``: it changed nothing."""
    return audit.performed(
        by,
        action,
        kind="kyc_application",
        id=before.id,
        before=shown(before),
        after=shown(after) if after else None,
    )


def shown(one: Application) -> dict[str, Any]:
    """Return the state that staff may change, without anything personal."""
    return {name: getattr(one, name) for name in _SHOWN}
