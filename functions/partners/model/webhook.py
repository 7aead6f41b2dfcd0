"""A webhook by Standard Webhooks 1.0: what is signed, how often it is tried, what an answer means.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NewType, get_args

from partners.model.application import ApplicationId, OwnerId

EndpointId = NewType("EndpointId", str)
DeliveryId = NewType("DeliveryId", str)
MessageId = NewType("MessageId", str)

EventType = Literal[
    "signal.published", "signal.revised", "signal.recalled", "signal.closed", "signal.cancelled"
]
EVENT_TYPES: Final[tuple[EventType, ...]] = get_args(EventType)
TEST: Final = "webhook.test"
MOST_ENDPOINTS: Final = 5
DELAYS_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds from one attempt to the next: eight attempts over 27.6 hours, as the specification proposes."""
ATTEMPTS: Final = len(DELAYS_S) + 1
JITTER: Final = 0.1
"""A delay is up to this part longer, so that what failed together does not come back together."""
LONGEST_RETRY_AFTER_S: Final = 3_600
DISABLED_AFTER: Final = timedelta(days=5)
SECRET: Final = "webhook-secret"  # noqa: S105 - the name of the sealed field
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a mark, as the specification gives it
_GONE: Final = 410
_SUCCESS: Final = range(200, 300)

State = Literal["pending", "delivered", "failed"]
Disabled = Literal["owner", "failing", "gone"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an application is sent to; ``secret`` and ``previous`` are sealed for the owner.

    ``failing_since``: the first failure after the last success. Not ``active``: ``disabled`` says why.
    """

    id: EndpointId
    application_id: ApplicationId
    owner: OwnerId
    url: str
    types: tuple[EventType, ...]
    active: bool
    disabled: Disabled | None
    failing_since: datetime | None
    secret: str
    previous: str | None
    previous_until: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: ``body`` is JSON, the very text that is signed; ``id`` stays the same for ever."""

    id: MessageId
    type: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt ended: ``status`` of HTTP, or None and why there was none (``outcome``).

    ``outcome`` is ``answered`` or a short stable word; ``excerpt`` the first characters of the answer.
    """

    outcome: str
    status: int | None = None
    excerpt: str = ""
    took_ms: int = 0
    retry_after_s: int = 0

    @property
    def success(self) -> bool:
        """Whether the receiver took it: any 2xx, and nothing else."""
        return self.status in _SUCCESS

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing any more (410)."""
        return self.status == _GONE


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery after an attempt; ``due_at`` is set while it is pending."""

    state: State
    due_at: datetime | None = None


def settle(attempt: int, answer: Answer, now: datetime, jitter: float) -> Settlement:
    """Return what follows the ``attempt``-th (from 1) attempt of a round; ``jitter`` is in [0, 1)."""
    if answer.success:
        return Settlement("delivered")
    if attempt >= ATTEMPTS or answer.gone:
        return Settlement("failed")
    delay = DELAYS_S[attempt - 1] * (1 + JITTER * jitter)
    asked = min(answer.retry_after_s, LONGEST_RETRY_AFTER_S)
    return Settlement("pending", now + timedelta(seconds=max(delay, asked)))


def reason_to_disable(
    failing_since: datetime | None, answer: Answer, now: datetime
) -> Literal["failing", "gone"] | None:
    """Return why an endpoint gets nothing any more: it said so, or nothing got through for five days."""
    if answer.gone:
        return "gone"
    if failing_since is not None and not answer.success and now - failing_since >= DISABLED_AFTER:
        return "failing"
    return None


def show_secret(raw: bytes) -> str:
    """Return a secret as receivers keep it: ``whsec_`` and base64."""
    return _SECRET_PREFIX + base64.b64encode(raw).decode()


def sign(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """Return ``v1,<base64>``: HMAC-SHA256 of ``id.timestamp.body`` under a secret of :func:`show_secret`."""
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(message: Message, secrets: tuple[str, ...], timestamp: int) -> dict[str, str]:
    """Return the headers of one attempt, signed with each of ``secrets``, the newest first."""
    signatures = [sign(secret, message.id, timestamp, message.body) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Treum-Webhooks/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
