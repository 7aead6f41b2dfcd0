"""A sign-in by the provider of identities: authorization code with PKCE, in place of a browser."""

import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from demo.people import Client


class _Stay(urllib.request.HTTPRedirectHandler):
    """A browser that looks where it is sent instead of going there."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def sign_in_by_provider(base: str, email: str) -> dict[str, Any]:
    """Return the session of whom the provider calls ``email``. Raises ``RefusedError``: there may be none."""
    client = Client(base)
    begun = client.post("/api/v1/auth/oidc/start", {})
    address = f"{begun['authorize_url']}&{urlencode({'login_hint': email})}"
    try:
        urllib.request.build_opener(_Stay).open(address)
        raise TimeoutError("the provider sent nobody back")
    except urllib.error.HTTPError as sent:
        answer = dict(parse_qsl(urlsplit(sent.headers["Location"]).query))
        sent.close()
    granted: dict[str, Any] = client.post("/api/v1/auth/oidc/callback", {"handle": begun["handle"], **answer})
    return granted
