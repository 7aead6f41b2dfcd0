"""Somebody who has themselves verified: details, documents by a signed form, and the submission."""

import secrets
import urllib.request
from typing import Final

from demo.people import Client

AADHAAR: Final = "234567890124"
"""Passes Verhoeff's check; nobody's."""
JPEG: Final = b"\xff\xd8\xff\xe0" + b"a picture" * 40 + b"\xff\xd9"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KINDS: Final = ("pan_card", "photo")


def unused_pan(first: str) -> str:
    """Return a PAN of an individual whose first three letters are ``first``, by chance nobody's yet."""
    chosen = secrets.choice(_LETTERS), secrets.randbelow(10_000), secrets.choice(_LETTERS)
    return f"{first}P{chosen[0]}{chosen[1]:04}{chosen[2]}"


def apply(client: Client, pan: str, name: str, email: str, content: bytes = JPEG) -> str:
    """Apply for the lowest tier and submit; return the application's id."""
    one = client.make("/api/v1/kyc/applications", {"tier": "basic"})
    path, version = f"/api/v1/kyc/applications/{one['id']}", one["version"]
    details = {"name": name, "born": "1990-04-01", "pan": pan, "aadhaar": AADHAAR, "email": email}
    sent = {"If-Match": f'"v{version}"'}
    client.send("PUT", f"{path}/details", details | {"consent": True}, sent)
    for kind in _KINDS:
        upload(client, path, kind, content)
    client.make(f"{path}/submission", None, {"If-Match": f'"v{version + 1}"'})
    return str(one["id"])


def upload(client: Client, path: str, kind: str, content: bytes = JPEG) -> None:
    """Ask for the form of a document of the application at ``path``, and send it as a browser does."""
    made = client.make(f"{path}/documents", {"kind": kind, "content_type": "image/jpeg"})
    border = secrets.token_hex(16)
    parts = [f'form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in made["fields"].items()]
    parts.append(b'form-data; name="file"; filename="a.jpg"\r\n\r\n' + content)
    body = b"".join(b"--%s\r\nContent-Disposition: %s\r\n" % (border.encode(), part) for part in parts)
    headers = {"Content-Type": f"multipart/form-data; boundary={border}"}
    whole = body + f"--{border}--\r\n".encode()
    request = urllib.request.Request(made["url"], whole, headers)  # noqa: S310 - the local platform's
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        answer.read()
