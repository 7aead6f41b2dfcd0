"""One access key per function: the id follows from the role's name, the secret from this checkout's seed."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PLATFORM = "platform"  # the platform itself and tools on this machine; the policy test does not judge it


@dataclass(frozen=True, slots=True)
class Credentials:
    """The access key of ``role`` (a function's name, or :data:`PLATFORM`)."""

    role: str
    access_key: str
    secret_key: str

    def environment(self) -> dict[str, str]:
        """Return the variables under which every AWS client looks for them."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}


class Keyring:
    """Issues and finds access keys. ``seed`` is random per checkout and never leaves its folder."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._known: dict[str, Credentials] = {}
        self.issue(PLATFORM)

    @classmethod
    def open(cls, folder: Path) -> "Keyring":
        """Return the keyring of ``folder``, made on first use, readable by its owner only."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "keys.json"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                json.dump({"seed": secrets.token_hex(32)}, file)
        return cls(bytes.fromhex(json.loads(path.read_text())["seed"]))

    @property
    def seed(self) -> bytes:
        """What every secret here is derived from."""
        return self._seed

    def issue(self, role: str) -> Credentials:
        """Return the access key of ``role`` and accept it from now on."""
        digest = hashlib.sha256(role.encode()).digest()
        secret = hmac.new(self._seed, role.encode(), hashlib.sha256).digest()
        credentials = Credentials(
            role=role,
            access_key="AKIA" + base64.b32encode(digest)[:16].decode(),
            secret_key=base64.b64encode(secret)[:40].decode(),
        )
        self._known[credentials.access_key] = credentials
        return credentials

    def find(self, access_key: str) -> Credentials | None:
        """Return whose key it is, or None."""
        return self._known.get(access_key)
