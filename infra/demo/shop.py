"""A customer: where invoices go, the hosted page and its cards, what was paid, what may be used."""

import http.client
import secrets
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from demo.people import Person, RefusedError

GOOD_CARD: Final = "4242424242424242"
DECLINED_CARD: Final = "4000000000000002"
LATER_FAILING_CARD: Final = "4000000000000341"
"""Pays at the page, and fails when it is charged without its owner."""
_PAID, _TAKEN = 303, 200
_TOKENS = 5
T = TypeVar("T")


@dataclass(slots=True)
class Customer:
    """A person who buys. Takes a new token when the one before has become stale."""

    person: Person

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return what the API answers under ``/api/v1``; a POST carries a key of its own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            named.setdefault("Idempotency-Key", secrets.token_hex(12))
        for turn in range(_TOKENS):
            try:
                return self.person.client.send(method, f"/api/v1{path}", body, named)
            except RefusedError as error:
                if error.status != http.client.UNAUTHORIZED:
                    raise
            time.sleep(0.3 * bool(turn))  # a plan that is just changing makes also the newest token stale
            self.person.renew()
        return self.person.client.send(method, f"/api/v1{path}", body, named)

    def version(self, path: str) -> str:
        """Return the ETag of what is at ``path``."""
        _, headers = self.person.client.exchange("GET", f"/api/v1{path}")
        return headers["ETag"]

    def introduce(self, name: str, state: str) -> None:
        """Say where invoices go."""
        self.ask("PUT", "/billing/profile", {"email": self.person.email, "name": name, "state": state})

    def order(self, sku: str) -> dict[str, Any]:
        """Choose ``sku``; return the checkout with the address of its hosted page."""
        made: dict[str, Any] = self.ask("POST", "/checkouts", {"sku": sku})
        return made

    def payments(self) -> list[dict[str, Any]]:
        """Return the newest hundred payments that were captured."""
        found = self.ask("GET", "/payments?limit=100")["items"]
        return [one for one in found if one["status"] == "captured"]

    def may_use(self) -> dict[str, Any]:
        """Return what may be used now."""
        found: dict[str, Any] = self.ask("GET", "/entitlements/me")
        return found


def pay(page: str, card: str) -> bool:
    """Enter ``card`` on the hosted page at ``page``, as a browser posts it; whether it was taken."""
    at = urllib.parse.urlsplit(page)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=30)
    try:
        form = urllib.parse.urlencode({"number": card, "action": "pay"})
        connection.request("POST", at.path, form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        return answer.status in {_PAID, _TAKEN}
    finally:
        connection.close()


def wait_for(what: str, holds: Callable[[], T | None], seconds: float = 30.0) -> T:
    """Return what ``holds`` returns once it is true; raises ``TimeoutError`` that names ``what``."""
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come about within {seconds:g} s")
        time.sleep(0.1)
