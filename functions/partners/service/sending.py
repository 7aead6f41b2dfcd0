"""One attempt of one delivery: claim it, sign it, send it, note what came of it.

Claiming commits before anything is sent, and noting comes after: a sender that dies in between leaves an
attempt without outcome, and the delivery is due again when its claim ends. So a message may come twice,
under the same ``webhook-id``, and is never lost.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from kit import clock, failpoint, telemetry
from kit.sealing import Erased, SealBroken, Sealer
from partners.errors import TargetRefused
from partners.model import webhook
from partners.model.target import Reach
from partners.model.webhook import Answer
from partners.ports import Chance, Claimed, DeliveryQueue, Endpoints, Post
from partners.service import facts
from partners.service.endpoints import secret_field

LEASE: Final = timedelta(seconds=60)
"""Longer than an attempt can take, so that only a dead sender's claim ends before it is noted."""
PER_ENDPOINT: Final = 2
"""Attempts at one endpoint at a time: a slow one holds up nobody else."""


@dataclass(frozen=True, slots=True)
class Sending:
    """The steps; whoever drives them runs ``Courier.send`` in between, in any thread."""

    queue: DeliveryQueue
    endpoints: Endpoints
    sealer: Sealer
    chance: Chance
    reach: Reach

    def claim(self, limit: int) -> list[Claimed]:
        """Take what is due."""
        now = clock.now()
        return self.queue.claim(now, now + LEASE, limit, PER_ENDPOINT)

    def prepare(self, claimed: Claimed) -> Post | Answer:
        """Return the signed request, or why there can be none. Raises ``Retryable``."""
        now, endpoint = clock.now(), claimed.endpoint
        kept = [endpoint.secret]
        if endpoint.previous is not None and endpoint.previous_until and now < endpoint.previous_until:
            kept.append(endpoint.previous)
        field = secret_field(endpoint.id)
        try:
            target = self.reach.target(endpoint.url)
            secrets = tuple(self.sealer.open(endpoint.owner, field, one) for one in kept)
        except TargetRefused:
            return Answer("target_refused")
        except (Erased, SealBroken):
            return Answer("no_secret")
        message = claimed.message
        return Post(target, webhook.headers(message, secrets, int(now.timestamp())), message.body)

    def note(self, claimed: Claimed, answer: Answer) -> None:
        """Write down what came of it; disable an endpoint that is gone or fails for too long."""
        failpoint.hit("partners.sent")
        now = clock.now()
        settlement = webhook.settle(claimed.attempt, answer, now, self.chance.jitter())
        health = self.queue.note(claimed, answer, settlement, now)
        telemetry.count("WebhookAttempts", outcome="delivered" if answer.success else "failed")
        if health is None or not health.active:
            return
        reason = webhook.reason_to_disable(health.failing_since, answer, now)
        if reason is not None:
            disabled = replace(
                claimed.endpoint,
                active=False,
                disabled=reason,
                failing_since=health.failing_since,
                version=health.version + 1,
                updated_at=now,
            )
            told = facts.endpoint_disabled(disabled, reason)
            if self.endpoints.disable(disabled, health.version, told):
                telemetry.warning("a webhook endpoint was disabled", endpoint=disabled.id, reason=reason)
