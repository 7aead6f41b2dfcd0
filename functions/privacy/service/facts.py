"""What is told of exports and erasures: ids and times, nothing of what they are about."""

from datetime import datetime
from typing import Any

from kit import events
from kit.events import Data, Event
from kit.events.privacy_events import (
    PrivacyErasureCancelled,
    PrivacyErasureClosing,
    PrivacyErasureCompleted,
    PrivacyErasureDue,
    PrivacyErasureHeld,
    PrivacyErasureRequested,
    PrivacyExportReady,
    PrivacyExportRequested,
)
from privacy.model.erasure import Erasure
from privacy.model.export import Export


def export_requested(one: Export) -> Event[PrivacyExportRequested]:
    """Every domain is asked."""
    return events.new(
        PrivacyExportRequested(
            person=one.person, export_id=one.id, domains=one.domains, requested_at=one.requested_at
        ),
        subject=one.id,
        version=one.version,
    )


def export_ready(one: Export) -> Event[PrivacyExportReady]:
    """The archive can be fetched."""
    assert one.sha256 is not None, "a ready export has a digest"
    assert one.expires_at is not None, "a ready export has an end"
    assert one.ready_at is not None, "a ready export has a beginning"
    told = PrivacyExportReady(
        person=one.person,
        export_id=one.id,
        sha256=one.sha256,
        expires_at=one.expires_at,
        ready_at=one.ready_at,
    )
    return events.new(told, subject=one.id, version=one.version)


def erasure_changed(one: Erasure, now: datetime) -> list[Event[Any]]:
    """What is told when an erasure came into its state; nothing when a hold let it go on waiting."""
    return [events.new(told, subject=one.id, version=one.version) for told in _told(one, now)]


def erasure_requested(one: Erasure) -> list[Event[Any]]:
    """The person is written to."""
    told = PrivacyErasureRequested(
        person=one.person, erasure_id=one.id, due_at=one.due_at, requested_at=one.requested_at
    )
    return [events.new(told, subject=one.id, version=one.version)]


def _told(one: Erasure, now: datetime) -> list[Data]:
    match one.state:
        case "cancelled":
            return [PrivacyErasureCancelled(person=one.person, erasure_id=one.id, cancelled_at=now)]
        case "held":
            return [PrivacyErasureHeld(person=one.person, erasure_id=one.id, held_at=now)]
        case "closing":  # the last letter first: records of a key keep their order
            return [PrivacyErasureClosing(person=one.person, erasure_id=one.id, closing_at=now), _due(one)]
        case "completed":
            return [PrivacyErasureCompleted(person=one.person, erasure_id=one.id, completed_at=now)]
        case "erasing":
            return [_due(one)]
    return []  # it waits


def _due(one: Erasure) -> PrivacyErasureDue:
    return PrivacyErasureDue(person=one.person, erasure_id=one.id, domains=one.asked, due_at=one.due_at)
