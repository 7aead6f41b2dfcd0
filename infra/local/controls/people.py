"""The demo user of the console and the first administrator: people a laptop needs at once.

The demo user is made as everybody is: registration, the code from the mailbox, and a plan that an
administrator grants over the API. Nothing is written past the API.
"""

import asyncio
import json
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from local.aws.endpoint import AwsEndpoint
from local.aws.internal import CallFailedError
from local.model import LocalError

_CODE = re.compile(r"\b(\d{6})\b")
_PATIENCE_S = 15.0
_SECRET = "treum/local/first-admin"  # noqa: S105 - the name of a secret
_WORDS = ("Asha", "Dev", "Ishaan", "Kavya", "Meera", "Nikhil", "Priya", "Rohan", "Tara", "Vivek")


class _NotSignedInError(LocalError):
    """The token is over."""


class People:
    """Makes demo users through the API at ``base()`` and knows the first administrator.

    One session of the administrator serves all: another for each would end those of whoever works as them.
    """

    def __init__(self, base: Callable[[], str], endpoint: Callable[[], AwsEndpoint]) -> None:
        self._base = base
        self._endpoint = endpoint
        self._token = ""

    async def admin(self, _rest: str, _query: Mapping[str, str], _body: Mapping[str, Any]) -> dict[str, str]:
        """Return e-mail address and password of the first administrator."""
        try:
            answer = await self._endpoint().internal.json(
                "secretsmanager", "GetSecretValue", {"SecretId": _SECRET}
            )
        except CallFailedError as error:
            raise LocalError("there is no first administrator yet: the bootstrap makes one") from error
        found: dict[str, str] = json.loads(answer["SecretString"])
        return found

    async def demo_user(
        self, _rest: str, query: Mapping[str, str], body: Mapping[str, Any]
    ) -> dict[str, str]:
        """Make a user on the plan ``body.plan`` (premium), with the roles ``body.roles`` if given.

        Return ``{email, password, plan, id}``.
        """
        plan, roles = str(body.get("plan", "premium")), body.get("roles")
        admin = await self.admin("", query, {})
        name = secrets.choice(_WORDS)
        email = f"{name.lower()}.{secrets.token_hex(4)}@demo.treum.example"
        user = {"email": email, "password": f"demo {secrets.token_urlsafe(16)}"}
        await self._register({**user, "display_name": f"{name} (demo)"})
        found = await self._grant(
            admin, email, {"plan": {"plan": plan}} | ({"roles": {"roles": roles}} if roles else {})
        )
        return {**user, "plan": plan, "id": found}

    async def _register(self, body: Mapping[str, str]) -> None:
        asked = await self._ask("POST", "/auth/register", body)
        code = await self._code(body["email"])
        proof = {"verification_id": asked["verification_id"], "code": code}
        await self._ask("POST", "/auth/verify-otp", proof)

    async def _code(self, email: str) -> str:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                for message in self._endpoint().mailbox.messages(email):
                    if found := _CODE.search(message["text"]):
                        return found[1]
                await asyncio.sleep(0.05)

    async def _grant(
        self, admin: Mapping[str, str], email: str, grants: Mapping[str, Mapping[str, Any]]
    ) -> str:
        (user,) = (await self._ask_as(admin, "GET", f"/users?email={email}"))["items"]
        for what, granted in grants.items():
            await self._ask_as(admin, "PUT", f"/users/{user['id']}/{what}", granted)
        return str(user["id"])

    async def _ask_as(
        self, admin: Mapping[str, str], method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        """Ask with the administrator's token; once it is over, with a new one."""
        if self._token:
            try:
                return await self._ask(method, path, body, self._token)
            except _NotSignedInError:
                self._token = ""
        login = {"email": admin["email"], "password": admin["password"], "device_name": "local controls"}
        self._token = (await self._ask("POST", "/auth/login", login))["access_token"]
        return await self._ask(method, path, body, self._token)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str = ""
    ) -> Any:
        return await asyncio.to_thread(_send, method, f"{self._base()}/api/v1{path}", body, token)


def _send(method: str, url: str, body: Mapping[str, Any] | None, token: str) -> Any:
    """Return the JSON answered. Raises :class:`LocalError` with the problem's own sentence."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - our own loopback port
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        refused = _NotSignedInError if error.code == HTTPStatus.UNAUTHORIZED else LocalError
        raise refused(f"{method} {url} answered {error.code}: {error.read()[:500]!r}") from error
