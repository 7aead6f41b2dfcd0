"""The emulator's process, and what one may ask of it beside the protocol."""

import json
import os
import urllib.request
from pathlib import Path
from typing import Any, ClassVar, Literal

from local.model import LocalError
from local.oidc_emulator import packages
from local.stores import process
from local.stores.base import Store, password

CLIENT_ID = "treum-web"
APP_ID = "treum-app"
_SERVER = Path(__file__).with_name("server.mjs")


class OidcServer(Store):
    """A tenant of a provider. It signs in whom ``login_hint`` names, their address verified by default."""

    name: ClassVar[str] = "oidc"
    variable: ClassVar[str] = "OIDC_ISSUER"
    label: ClassVar[Literal["real", "emulator"]] = "emulator"
    version: ClassVar[str] = "oauth2-mock-server 8.2.3"

    def own_url(self) -> str:
        """``http://127.0.0.1:port/``, with the slash as Auth0 has it."""
        return f"http://127.0.0.1:{self.ports['port']}/"

    @property
    def client_id(self) -> str:
        """Our client there: ``OIDC_CLIENT_ID`` for a real tenant."""
        return os.environ.get("OIDC_CLIENT_ID", "") if self.external else CLIENT_ID

    @property
    def app_ids(self) -> str:
        """The apps whose ID tokens are exchanged: ``OIDC_APP_IDS`` for a real tenant."""
        return os.environ.get("OIDC_APP_IDS", "") if self.external else APP_ID

    @property
    def secret(self) -> str:
        """Our client's secret: ``OIDC_CLIENT_SECRET`` for a real tenant.

        The emulator's opens also what is asked beside the protocol.
        """
        return os.environ.get("OIDC_CLIENT_SECRET", "") if self.external else password(self.folder)

    def spawn(self, lock: int) -> process.Child:
        """Start it; the secret goes by standard input, so that ``ps`` does not show it."""
        node = packages.node()
        if node is None:
            raise LocalError("there is no Node 20.19 here: the OpenID Connect emulator needs it")
        command = (node, _SERVER, packages.modules(), str(self.ports["port"]))
        env = {"PATH": os.defpath, "HOME": str(self.folder)}
        return process.Child(command, log=self.log, lock=lock, stdin=self.secret.encode(), env=env)

    def ready(self) -> bool:
        """Tell whether it answers: another server would not know the secret."""
        try:
            return isinstance(self.ask("counts"), dict)
        except OSError:
            return False

    def person(self, login: str, **claims: Any) -> dict[str, Any]:
        """Set what tokens say of ``login``, beside what they say anyway; return all of it."""
        return dict(self.ask("people", login=login, claims=claims))

    def id_token(self, login: str, audience: str = APP_ID, **claims: Any) -> str:
        """Return an ID token as an app gets it that signed ``login`` in by itself."""
        return str(self.ask("tokens", login=login, audience=audience, claims=claims)["id_token"])

    def rotate(self, kept: int = 2) -> dict[str, Any]:
        """Sign by a new key from now on; the newest ``kept`` are published."""
        return dict(self.ask("keys", kept=kept))

    def counts(self) -> dict[str, int]:
        """Return how often each path of the protocol was asked for."""
        return dict(self.ask("counts"))

    def ask(self, control: str, **given: Any) -> Any:
        """Return the answer to a request beside the protocol. Raises ``OSError`` when there is none."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self.own_url()}_emulator/{control}",
            json.dumps(given).encode(),
            {"Authorization": f"Bearer {self.secret}"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)


def available() -> bool:
    """Tell whether a provider is to be had: a tenant that is named, or the emulator where Node is."""
    return bool(os.environ.get(OidcServer.variable)) or packages.node() is not None
