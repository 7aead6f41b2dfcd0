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


def sent_back(authorize_url: str, email: str) -> str:
    """Return where the provider sends the browser of whom it calls ``email``, back to us with its answer."""
    try:
        urllib.request.build_opener(_Stay).open(f"{authorize_url}&{urlencode({'login_hint': email})}")
    except urllib.error.HTTPError as sent:
        sent.close()
        return str(sent.headers["Location"])
    raise TimeoutError("the provider sent nobody back")


def sign_in_by_provider(base: str, email: str) -> dict[str, Any]:
    """Return the session of whom the provider calls ``email``. Raises ``RefusedError``: there may be none."""
    client = Client(base)
    begun = client.post("/api/v1/auth/oidc/start", {})
    answer = dict(parse_qsl(urlsplit(sent_back(begun["authorize_url"], email)).query))
    granted: dict[str, Any] = client.post("/api/v1/auth/oidc/callback", {"handle": begun["handle"], **answer})
    return granted
