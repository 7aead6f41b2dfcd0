"""Catches e-mail (SES v2 SendEmail) and SMS (SNS Publish to a phone number) instead of sending them."""

import json
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from xml.sax.saxutils import escape

from local.aws.actions import Action
from local.aws.wire import HttpResponse

_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient; ``at`` in Unix seconds of the platform clock."""

    id: str
    kind: str
    to: str
    subject: str
    text: str
    at: float


class Mailbox:
    """The last messages, newest first."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._messages: deque[Message] = deque(maxlen=_KEPT)

    def deliver(self, kind: str, to: str, subject: str, text: str) -> str:
        """Keep a message and return its id."""
        message = Message(str(uuid.uuid4()), kind, to, subject, text, self._now())
        self._messages.appendleft(message)
        return message.id

    def messages(self, recipient: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """Return the newest messages, of one ``recipient`` or of all."""
        wanted = (each for each in self._messages if recipient is None or each.to == recipient)
        return [asdict(message) for message, _ in zip(wanted, range(limit), strict=False)]

    def clear(self) -> None:
        """Forget all messages."""
        self._messages.clear()

    def capture(self, action: Action) -> HttpResponse | None:
        """Answer ``action`` when it sends a message, else return None."""
        if action.name == "ses:SendEmail":
            return self._email(action.members)
        if action.name == "sns:Publish" and action.members.get("PhoneNumber"):
            return self._sms(action.members)
        return None

    def _email(self, members: Mapping[str, Any]) -> HttpResponse:
        destination = members.get("Destination") or {}
        simple = (members.get("Content") or {}).get("Simple") or {}
        body = simple.get("Body") or {}
        text = (body.get("Text") or body.get("Html") or {}).get("Data", "")
        subject = (simple.get("Subject") or {}).get("Data", "")
        ids = [
            self.deliver("email", str(to), str(subject), str(text))
            for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
            for to in destination.get(kind) or ()
        ]
        if not ids:
            problem = json.dumps({"message": "Destination names no address"}).encode()
            return HttpResponse(400, (("x-amzn-errortype", "BadRequestException"),), problem)
        answer = json.dumps({"MessageId": ids[0]}).encode()
        return HttpResponse(200, (("content-type", "application/json"),), answer)

    def _sms(self, members: Mapping[str, Any]) -> HttpResponse:
        message_id = self.deliver("sms", str(members["PhoneNumber"]), "", str(members.get("Message", "")))
        answer = (
            '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>'
            f"<MessageId>{escape(message_id)}</MessageId></PublishResult>"
            "<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></PublishResponse>"
        ).encode()
        return HttpResponse(200, (("content-type", "text/xml"),), answer)
