"""People who use the platform over HTTPS: sign up with a one-time code, sign in, ask, and be told to wait."""

import json
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_TRIES = 5
_NONE: Mapping[str, str] = MappingProxyType({})
_CODE = re.compile(r"\b(\d{6})\b")


class RefusedError(Exception):
    """The API answered with a problem document: ``status``, ``code`` and the sentence for people."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', problem)}")
        self.status = status
        self.problem = problem


@dataclass(slots=True)
class Client:
    """One HTTP client of the platform at ``base`` (``http://127.0.0.1:8080``), signed in or not."""

    base: str
    token: str = ""

    def get(self, path: str) -> Any:
        """Return the JSON that ``path`` answers."""
        return self.send("GET", path)

    def post(self, path: str, body: Any) -> Any:
        """Return the JSON that posting ``body`` to ``path`` answers."""
        return self.send("POST", path, body)

    def make(self, path: str, body: Any = None, headers: Mapping[str, str] = _NONE) -> Any:
        """Return the JSON that posting ``body`` under an idempotency key of its own answers."""
        return self.send("POST", path, body, {"Idempotency-Key": secrets.token_hex(12), **headers})

    def send(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = _NONE) -> Any:
        """Return the answer's JSON; on 429 and 503 wait as ``Retry-After`` says.

        Raises :class:`RefusedError`.
        """
        text, _ = self.exchange(method, path, body, headers)
        return json.loads(text) if text else None

    def exchange(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = _NONE
    ) -> tuple[bytes, Mapping[str, str]]:
        """Return the answer's bytes and its headers; else as :meth:`send`."""
        for _ in range(_TRIES - 1):
            try:
                return self._once(method, path, body, headers)
            except urllib.error.HTTPError as error:
                if error.code not in {429, 503}:
                    raise RefusedError(error.code, _problem(error)) from error
                time.sleep(min(60.0, float(error.headers.get("Retry-After", "1"))))
        try:
            return self._once(method, path, body, headers)
        except urllib.error.HTTPError as error:
            raise RefusedError(error.code, _problem(error)) from error

    def _once(
        self, method: str, path: str, body: Any, more: Mapping[str, str]
    ) -> tuple[bytes, Mapping[str, str]]:
        headers = {"Accept": "application/json", **more}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            return answer.read(), answer.headers


@dataclass(slots=True)
class Person:
    """A signed-in person; ``session`` is what the sign-in answered, or the last refresh."""

    email: str
    password: str
    id: str
    client: Client
    session: dict[str, Any]

    def renew(self) -> None:
        """Take a new token, which knows the plan of now; sign in again where the session has ended."""
        base, kept = self.client.base, {name: self.session[name] for name in ("refresh_token", "device_id")}
        try:
            self.session = Client(base).post("/api/v1/auth/refresh", kept)
        except RefusedError:
            self.session = _session(base, self.email, self.password)
        self.client.token = self.session["access_token"]


def sign_up(base: str, email: str, password: str) -> Person:
    """Register ``email``, read the code from the local mailbox, prove it, sign in."""
    prove(Client(base), {"email": email, "password": password})
    return sign_in(base, email, password)


def sign_in(base: str, email: str, password: str) -> Person:
    """Sign in with ``email`` and ``password``."""
    session = _session(base, email, password)
    client = Client(base, session["access_token"])
    return Person(email, password, client.get("/api/v1/users/me")["id"], client, session)


def demo_user(base: str, plan: str, *roles: str) -> Person:
    """Let the platform make somebody on ``plan``, with ``roles`` beside ``user``, and sign them in."""
    wish: dict[str, Any] = {"plan": plan} | ({"roles": ["user", *roles]} if roles else {})
    made = Client(base).post("/_local/demo-user", wish)
    return sign_in(base, made["email"], made["password"])


def access_token(base: str, email: str, password: str) -> str:
    """Return a new token of whom ``email`` and ``password`` prove."""
    return str(_session(base, email, password)["access_token"])


def prove(client: Client, account: Mapping[str, str]) -> None:
    """Register ``account`` by its e-mail address or phone number, and give the code back that reaches it."""
    address = account.get("email") or account["phone"]
    asked = client.post("/api/v1/auth/register", account)
    proof = {"verification_id": asked["verification_id"], "code": code_for(client, address)}
    client.post("/api/v1/auth/verify-otp", proof)


def confirm(client: Client, address: str) -> None:
    """Step up by the code that reaches ``address``: the client's token vouches for it for five minutes."""
    before = len(_codes(client, address))
    asked = client.post("/api/v1/auth/step-up", {"method": "otp"})
    proof = {"step_up_id": asked["step_up_id"], "code": code_for(client, address, before)}
    client.token = client.post("/api/v1/auth/step-up/verify", proof)["access_token"]


def _session(base: str, email: str, password: str) -> dict[str, Any]:
    granted: dict[str, Any] = Client(base).post("/api/v1/auth/login", {"email": email, "password": password})
    return granted


def _codes(client: Client, address: str) -> list[str]:
    """Return the codes that reached ``address``, the newest first."""
    messages = client.get(f"/_local/mailbox?to={urllib.parse.quote(address)}")["messages"]
    return [found[1] for message in messages if (found := _CODE.search(message["text"]))]


def code_for(client: Client, address: str, known: int = 0) -> str:
    """Return the newest code of ``address`` once there are more than ``known``."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        codes = _codes(client, address)
        if len(codes) > known:
            return codes[0]
        time.sleep(0.05)
    raise TimeoutError(f"no code reached {address} within 15 s")


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        problem: dict[str, Any] = json.loads(error.read())
    except ValueError:
        return {"detail": error.reason}
    return problem
