"""Requests to the provider: HTTPS to its own origin, one deadline, a bounded answer, no redirect followed."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from kit.aws.wire import Connection, Endpoint, Response, parse
from kit.errors import Retryable

TIMEOUT_S: Final = 3.0
LARGEST: Final = 65_536
_LOOPBACK: Final = "127.0.0.1"


class Web:
    """Asks the origin of ``issuer``, and no other. Plain HTTP is taken on a laptop's own loopback only.

    Raises ``ValueError`` for an issuer of another scheme.
    """

    def __init__(self, issuer: str, timeout_s: float = TIMEOUT_S) -> None:
        self._origin = _origin(parse(issuer))
        if not self._origin[2] and self._origin[0] != _LOOPBACK:
            raise ValueError(f"the issuer {issuer} must be an https address")
        self._timeout_s = timeout_s

    def get(self, url: str) -> bytes:
        """Return what is at ``url``. Raises ``Retryable`` for any answer but 200."""
        answer = self._ask("GET", url, b"")
        if answer.status != 200:  # noqa: PLR2004 - a redirect, too, is no answer
            raise Retryable(f"the provider answered {answer.status}")
        return answer.body

    def post(self, url: str, form: Mapping[str, str]) -> Response:
        """Return the answer to ``form``. Raises ``Retryable`` when there is none."""
        return self._ask("POST", url, urlencode(form).encode())

    def demand_own(self, url: str) -> str:
        """Return ``url`` of the issuer's origin. Raises ``Retryable``: its document is not believed."""
        try:
            ours = _origin(parse(url)) == self._origin and url.isprintable() and " " not in url
        except ValueError:
            ours = False
        if not ours:
            raise Retryable("the provider names an address of another origin")
        return url

    def _ask(self, method: str, url: str, body: bytes) -> Response:
        at = parse(self.demand_own(url))
        head = [
            f"{method} {at.base or '/'} HTTP/1.1",
            f"Host: {at.authority}",
            "Accept: application/json",
            "Connection: close",
        ]
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        connection = Connection(at, LARGEST)
        try:
            return connection.exchange(method, "\r\n".join([*head, "", ""]).encode() + body, self._timeout_s)
        finally:
            connection.close()


def _origin(at: Endpoint) -> tuple[str, int, bool]:
    return at.host.lower(), at.port, at.tls
