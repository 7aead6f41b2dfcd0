"""Tell the owner of an endpoint that it was disabled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kit import clock
from kit.sealing import Erased, SealBroken, Sealer
from partners.model.application import CONTACT
from partners.ports import Endpoints, Notice

_LEASE: Final = timedelta(minutes=2)
_WHY: Final = {
    "failing": "every attempt to deliver to it failed for five days",
    "gone": "it answered 410 Gone",
}
Mail = Callable[[str, str, str], None]
"""``kit.aws.mail.send_email``: to, subject, text."""


@dataclass(frozen=True, slots=True)
class Noticing:
    """Sends each notice; one whose sender died is sent again. ``home`` is the origin of our pages."""

    endpoints: Endpoints
    sealer: Sealer
    mail: Mail
    home: str

    def tell_one(self) -> bool:
        """Tell one owner; whether there was one to tell. Raises ``Retryable``: it stays due."""
        now = clock.now()
        notice = self.endpoints.take_notice(now, now + _LEASE)
        if notice is None:
            return False
        to = self._contact(notice)
        if to is not None:
            self.mail(
                to,
                f"{notice.application}: a webhook endpoint was disabled",
                text(notice, f"{self.home}/keys#endpoints"),
            )
        self.endpoints.noticed(notice.endpoint)
        return True

    def _contact(self, notice: Notice) -> str | None:
        if notice.contact is None:
            return None
        try:
            return self.sealer.open(notice.owner, CONTACT, notice.contact)
        except (Erased, SealBroken):
            return None


def text(notice: Notice, page: str) -> str:
    """Return the letter; ``page`` is where endpoints are looked after."""
    return (
        f"We no longer send webhooks of your application {notice.application} to\n\n  {notice.url}\n\n"
        f"because {_WHY[notice.reason]}. Nothing is lost that is younger than 30 days: mend the receiver, "
        f"enable the endpoint and send again what failed:\n\n  {page}\n"
    )
