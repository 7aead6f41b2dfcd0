"""Who may come in: a phone and an app, KYC by rule and by two, a partner's key and webhook, forgery."""

import asyncio
import http.client
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
import pyotp

from demo.break_in import attempt, closed_operations
from demo.forgery import Honest, by_strangers, read
from demo.identity_report import IdentityReport
from demo.kyc import apply, unused_pan
from demo.people import Client, Person, RefusedError, confirm, demo_user, prove, sign_up
from demo.provider import sign_in_by_provider
from demo.receiver import Receiver, receiving
from demo.session import Addresses
from demo.shop import wait_for

_NO_PROVIDER: Final = "OIDC_OFF"
_SECOND_FACTOR: Final = "SECOND_FACTOR_REQUIRED"
_FREE_QUOTA, _ASKED, _AT_ONCE = 100, 130, 4
_KYC_S: Final = 180.0
_ONE_IN: Final = 5
_APP_STEP_S: Final = 30


@dataclass(slots=True)
class IdentityJob:
    """One run."""

    at: Addresses
    step: str = "identity: starting"
    second_factors: int = 0
    provider_sign_ins: int = 0
    auto_approved: int = 0
    reviewed: int = 0
    tried: int = 0
    accepted: int = 0
    overshoot: int = -1
    replayed: int = 0

    async def run(self) -> IdentityReport:
        """Do the whole job and return its report."""
        parts = (self._phone_and_app, self._provider, self._known)
        for part in (*parts, self._key_over_quota, self._hook, self._forgers):
            await asyncio.to_thread(part)
        self.step = "done"
        return self.report()

    def report(self) -> IdentityReport:
        """Return what is known so far."""
        return IdentityReport(
            second_factors=self.second_factors,
            provider_sign_ins=self.provider_sign_ins,
            kyc_auto_approved=self.auto_approved,
            kyc_reviewed=self.reviewed,
            forged_tokens_tried=self.tried,
            forged_tokens_accepted=self.accepted,
            limit_overshoot=self.overshoot,
            webhooks_replayed=self.replayed,
        )

    def _phone_and_app(self) -> None:
        """Sign up by phone, set an authenticator app up, and sign in with it."""
        self.step = "identity: signing up by phone, with an authenticator app"
        login = {"phone": f"+91{secrets.choice('6789')}{secrets.randbelow(10**9):09}"}
        login["password"] = secrets.token_urlsafe(18)
        one = Client(self.at.api)
        prove(one, login)
        one.token = one.post("/api/v1/auth/login", login)["access_token"]
        confirm(one, login["phone"])
        app = pyotp.TOTP(one.post("/api/v1/auth/2fa/totp", {})["secret"])
        clock = self._clock()
        one.post("/api/v1/auth/2fa/totp/confirm", {"code": app.at(clock)})
        try:
            Client(self.at.api).post("/api/v1/auth/login", login)
        except RefusedError as refused:
            asked = refused.problem
        else:
            raise TimeoutError("the password alone was enough")
        if asked["code"] != _SECOND_FACTOR:
            raise TimeoutError(f"the sign-in was answered with {asked['code']}")
        proof = {"challenge_id": asked["challenge_id"], "device_id": asked["device_id"]}
        # each step of the app's time counts once: the next one is accepted already
        proof["code"] = app.at(clock + _APP_STEP_S)
        Client(self.at.api).post("/api/v1/auth/login/second-factor", proof)
        self.second_factors += 1

    def _provider(self) -> None:
        """Sign in by the provider of identities that runs here, by code with PKCE, as a browser would."""
        self.step = "identity: signing in by a provider"
        email = f"demo-{secrets.token_hex(4)}@example.com"
        try:
            grant = sign_in_by_provider(self.at.api, email)
        except RefusedError as refused:
            if refused.problem["code"] != _NO_PROVIDER:
                raise
            self.provider_sign_ins = -1
        else:
            me = Client(self.at.api, grant["access_token"]).get("/api/v1/users/me")
            self.provider_sign_ins += me["email"] == email

    def _known(self) -> None:
        """Be verified by rule; be verified by two people."""
        self.step = "identity: KYC by rule, and by two people"
        asha, vikram = demo_user(self.at.api, "enterprise"), demo_user(self.at.api, "enterprise")
        maker, checker = (demo_user(self.at.api, "enterprise", "compliance") for _ in range(2))
        apply(asha.client, unused_pan("ABC"), "Asha Rao", asha.email)
        one = apply(vikram.client, unused_pan("XYZ"), "Minister Vikram", vikram.email)
        wait_for("KYC by rule", lambda: _state(asha) == "approved", _KYC_S)
        self.auto_approved += 1
        wait_for("the queue of reviews", lambda: _state(vikram) == "in_review", _KYC_S)
        path = f"/api/v1/kyc/applications/{one}"
        proposal = {"outcome": "approve", "reason": "Of another country, no reason against it"}
        steps = (
            (maker, "take", None),
            (maker, "proposal", proposal),
            (checker, "check", {"agree": True, "reason": "So it is"}),
        )
        for who, step, body in steps:
            version = who.client.get(path)["version"]
            who.client.make(f"{path}/{step}", body, {"If-Match": f'"v{version}"'})
        wait_for("KYC by two people", lambda: _state(vikram) == "approved", 30.0)
        self.reviewed += 1

    def _key_over_quota(self) -> None:
        """Ask with a key more often than its owner's plan allows, several at once."""
        self.step = "identity: a partner's key over its quota"
        owner = sign_up(self.at.api, f"demo-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(18))
        confirm(owner.client, owner.email)
        application = _made(owner, "/applications", {"name": "Eager"})["id"]
        wish = {"name": "main", "scopes": ["signals:read"]}
        key = _made(owner, f"/applications/{application}/keys", wish)["key"]
        with ThreadPoolExecutor(_AT_ONCE) as crowd:
            answers = list(crowd.map(self._status, repeat(key, _ASKED)))
        self.overshoot = max(0, answers.count(http.client.OK) - _FREE_QUOTA)
        if answers.count(http.client.TOO_MANY_REQUESTS) + answers.count(http.client.OK) != _ASKED:
            raise TimeoutError(f"a key was answered with {sorted(set(answers))}")

    def _hook(self) -> None:
        """Fail as a receiver of webhooks, heal, and ask for what came to be sent again."""
        self.step = "identity: a webhook to a receiver that fails, and its replay"
        owner = demo_user(self.at.api, "enterprise")
        application = _made(owner, "/applications", {"name": "Hooked"})["id"]
        with receiving() as receiver:
            receiver.status = http.client.SERVICE_UNAVAILABLE
            wish = {"url": receiver.url, "types": ["signal.published"]}
            endpoint = _made(owner, f"/applications/{application}/endpoints", wish)["id"]
            planned = _made(owner, f"/endpoints/{endpoint}/tests", {})["delivery_id"]
            wait_for("a webhook", lambda: receiver.ids, 60.0)
            receiver.status = http.client.NO_CONTENT
            wait_for("its second try", lambda: self._delivered(owner, planned), 60.0)
            sent = len(receiver.ids)
            _made(owner, f"/endpoints/{endpoint}/replays", {"delivery_id": planned})
            wait_for("its replay", lambda: len(receiver.ids) > sent, 60.0)
            self.replayed = self._same(receiver, sent)

    def _forgers(self) -> None:
        """Send every kind of token that a stranger can forge to the operations that want one."""
        self.step = "identity: forged tokens to every operation"
        token = demo_user(self.at.api, "enterprise").client.token
        kid = read(token.partition(".")[0])["kid"]
        keys = Client(self.at.api).get("/.well-known/jwks.json")["keys"]
        (found,) = (key for key in keys if key["kid"] == kid)
        forged = by_strangers(Honest(token, jwt.PyJWK(found).key))
        done = attempt(self.at.api, closed_operations(), forged, one_in=_ONE_IN)
        self.tried, self.accepted = done.tried, len(done.accepted)

    def _status(self, key: str) -> int:
        line = http.client.HTTPConnection(urlsplit(self.at.api).netloc, timeout=30)
        line.request("GET", "/api/v1/signals", headers={"Authorization": f"Bearer {key}"})
        status = line.getresponse().status
        line.close()
        return status

    def _clock(self) -> int:
        """Return the platform's time, Unix seconds: the app is a telephone beside it."""
        return int(Client(self.at.api).get("/_local/clock")["now"])

    @staticmethod
    def _delivered(owner: Person, planned: str) -> bool:
        return bool(owner.client.get(f"/api/v1/partners/deliveries/{planned}")["state"] == "delivered")

    @staticmethod
    def _same(receiver: Receiver, sent: int) -> int:
        """Return how many came again under the id of the first."""
        return sum(one == receiver.ids[0] for one in receiver.ids[sent:])


def _made(owner: Person, path: str, body: dict[str, Any]) -> Any:
    return owner.client.make(f"/api/v1/partners{path}", body)


def _state(person: Person) -> str:
    return str(person.client.get("/api/v1/kyc")["application"]["state"])
