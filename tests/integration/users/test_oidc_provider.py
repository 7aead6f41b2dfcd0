"""The provider's adapter against a real OpenID Connect server: PKCE, keys that rotate under load, a provider away."""

import random
import threading
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from kit import clock
from kit.errors import Retryable
from local.oidc_emulator.server import APP_ID, CLIENT_ID, OidcServer
from users.adapters.oidc.provider import Client, OidcProvider
from users.errors import IdTokenRefused, SignInRequestRefused

pytestmark = pytest.mark.stores
REDIRECT = "https://treum.example/signed-in"
VERIFIER = "v" * 43
LOGIN = "asha@example.com"
COOL_DOWN_S = 1.5


def challenge(verifier: str = VERIFIER) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def provider(oidc: OidcServer, issuer: str = "", secret: str = "", **other: Any) -> OidcProvider:
    client = Client(CLIENT_ID, lambda: secret or oidc.secret, REDIRECT)
    return OidcProvider(issuer or oidc.url, client, **other)


class Stay(urllib.request.HTTPRedirectHandler):
    """A browser that looks where it is sent instead of going there."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def code_at(url: str, login: str = LOGIN) -> dict[str, str]:
    """Sign in at the provider; return what it gives the redirect address."""
    with pytest.raises(urllib.error.HTTPError) as sent:
        urllib.request.build_opener(Stay).open(f"{url}&{urlencode({'login_hint': login})}")
    sent.value.close()
    assert sent.value.code == 302
    return dict(parse_qsl(urlsplit(sent.value.headers["Location"]).query))


def test_a_code_is_worth_an_id_token_to_whoever_has_the_verifier(oidc: OidcServer) -> None:
    us = provider(oidc)
    given = code_at(us.authorize_url("s1", "n1", challenge()))
    assert given["state"] == "s1"
    claims = us.read(us.redeem(given["code"], VERIFIER))
    assert (claims.issuer, claims.audience, claims.nonce) == (oidc.url, (CLIENT_ID,), "n1")
    assert (claims.email, claims.email_verified) == (LOGIN, True)


def test_another_verifier_or_the_code_again_is_worth_nothing(oidc: OidcServer) -> None:
    us = provider(oidc)
    url = us.authorize_url("s", "n", challenge())
    code = code_at(url)["code"]
    with pytest.raises(SignInRequestRefused):
        us.redeem(code, "w" * 43)
    code = code_at(url)["code"]
    us.redeem(code, VERIFIER)
    for again in (code, "a code nobody gave"):
        with pytest.raises(SignInRequestRefused):
            us.redeem(again, VERIFIER)


def test_a_wrong_secret_is_our_fault_not_the_person_s(oidc: OidcServer) -> None:
    us = provider(oidc, secret="another")
    code = code_at(us.authorize_url("s", "n", challenge()))["code"]
    with pytest.raises(Retryable, match="begin anew"):
        us.redeem(code, VERIFIER)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(oidc: OidcServer) -> None:
    us = provider(oidc, oidc.url.rstrip("/"))  # the same address, another name
    with pytest.raises(Retryable):
        us.authorize_url("s", "n", challenge())
    with pytest.raises(Retryable):
        us.read(oidc.id_token(LOGIN))
    assert "/.well-known/jwks.json" not in oidc.counts()


def test_forged_kids_cost_the_provider_one_fetch_a_cool_down(oidc: OidcServer) -> None:
    us = provider(oidc, cool_down_s=60)
    text = oidc.id_token(LOGIN)
    us.read(text)
    _, body, signature = text.split(".")
    for number in range(50):
        head = urlsafe_b64encode(f'{{"alg":"RS256","kid":"forged-{number}"}}'.encode()).rstrip(b"=").decode()
        with pytest.raises(Retryable):
            us.read(f"{head}.{body}.{signature}")
    us.read(oidc.id_token(LOGIN))
    assert oidc.counts()["/.well-known/jwks.json"] == 1


def test_a_forged_kid_is_refused_once_the_keys_were_read_after_it_came(oidc: OidcServer) -> None:
    us = provider(oidc, cool_down_s=0)
    head = urlsafe_b64encode(b'{"alg":"RS256","kid":"forged"}').rstrip(b"=").decode()
    _, body, signature = oidc.id_token(LOGIN).split(".")
    with pytest.raises(IdTokenRefused) as refused:
        us.read(f"{head}.{body}.{signature}")
    assert refused.value.rule == "key"


def test_a_withdrawn_key_signs_nobody_in_once_the_keys_were_read_anew(oidc: OidcServer) -> None:
    us = provider(oidc, cool_down_s=0)
    old = oidc.id_token(LOGIN)
    us.read(old)
    oidc.rotate(kept=1)
    us.read(oidc.id_token(LOGIN))  # its kid is unknown: all keys are read
    with pytest.raises(IdTokenRefused) as refused:
        us.read(old)
    assert refused.value.rule == "key"


def test_who_was_known_comes_in_while_the_provider_is_away(oidc: OidcServer) -> None:
    us = provider(oidc, cool_down_s=0, timeout_s=1)
    text = oidc.id_token(LOGIN)
    us.read(text)
    other = provider(oidc, cool_down_s=0, timeout_s=1)
    with frozen(oidc):
        assert us.read(text).email == LOGIN
        began = clock.monotonic()
        with pytest.raises(Retryable):
            other.read(text)
        assert clock.monotonic() - began < 10
    assert other.read(text).email == LOGIN


@contextmanager
def frozen(oidc: OidcServer) -> Iterator[None]:
    oidc.freeze()
    try:
        yield
    finally:
        oidc.thaw()


class Load:
    """Many who bring honest tokens all the time, each one new, while the keys rotate."""

    def __init__(self, oidc: OidcServer, us: OidcProvider) -> None:
        self.oidc, self.us = oidc, us
        self.seen: Counter[str] = Counter()
        self._over = threading.Event()
        self._judged = threading.Condition()

    def run(self, rotations: int, dice: random.Random) -> None:
        threads = [threading.Thread(target=self._bring) for _ in range(8)]
        for one in threads:
            one.start()
        try:
            for _ in range(rotations):
                self.oidc.rotate(kept=3)
                self._await_more(dice.randint(1, 40))
        finally:
            self._over.set()
            for one in threads:
                one.join(30)

    def _await_more(self, count: int) -> None:
        """Wait until ``count`` more tokens were judged."""
        with self._judged:
            wanted = self._total() + count
            assert self._judged.wait_for(lambda: self._total() >= wanted, 30), self.seen

    def _total(self) -> int:
        return sum(self.seen.values()) - self.seen["again"]

    def _bring(self) -> None:
        while not self._over.is_set():
            outcome = self._outcome(self.oidc.id_token(LOGIN))
            with self._judged:
                self.seen[outcome] += 1
                self._judged.notify_all()

    def _outcome(self, text: str) -> str:
        """Bring ``text`` until it is judged: who is told to come again comes again."""
        deadline = clock.monotonic() + 20
        while clock.monotonic() < deadline:
            try:
                self.us.read(text)
            except Retryable:
                with self._judged:
                    self.seen["again"] += 1
                self._over.wait(0.02)
            except IdTokenRefused as refused:
                return f"refused: {refused.rule}"
            else:
                return "in"
        return "never judged"


def rotated(oidc: OidcServer, us: OidcProvider, seed: int, rotations: int = 6) -> tuple[Load, float]:
    print(f"seed {seed}")  # noqa: T201 - replays the rotations
    load, began = Load(oidc, us), clock.monotonic()
    load.run(rotations, random.Random(seed))  # noqa: S311 - no secret
    return load, clock.monotonic() - began


def test_no_honest_token_is_refused_while_keys_rotate_under_load(oidc: OidcServer) -> None:
    load, took_s = rotated(oidc, provider(oidc, cool_down_s=COOL_DOWN_S), seed=20261130)
    assert set(load.seen) <= {"in", "again"}, load.seen
    assert load.seen["in"] > 50
    assert load.seen["again"] > 0  # it was a trial: some came before their key was read
    fetches = oidc.counts()["/.well-known/jwks.json"]
    assert 2 <= fetches <= took_s / COOL_DOWN_S + 1, (fetches, took_s)


def test_a_provider_that_does_not_wait_for_its_keys_is_seen_to_refuse(oidc: OidcServer) -> None:
    """The bug that is planted: within the cool-down a kid is taken for unknown, not for not yet known."""
    us = provider(oidc, cool_down_s=60)
    us.read(oidc.id_token(LOGIN))
    held = us._keys
    ask = held.get

    def impatient(fits: Any) -> Any:
        try:
            return ask(fits)
        except Retryable:
            return ask(lambda _: True)

    held.get = impatient  # type: ignore[assignment, method-assign]
    load, _ = rotated(oidc, us, seed=20261130, rotations=2)
    assert load.seen["refused: key"] > 0, load.seen


def test_only_https_and_a_laptop_s_own_loopback_are_asked(oidc: OidcServer) -> None:
    for issuer in ("http://tenant.example/", "ftp://127.0.0.1/", "tenant.example"):
        with pytest.raises(ValueError, match="address"):
            provider(oidc, issuer)
    provider(oidc, "https://tenant.example/")


def test_an_id_token_of_an_app_is_read_as_well(oidc: OidcServer) -> None:
    oidc.person("ravi@example.com", email_verified=False)
    claims = provider(oidc).read(oidc.id_token("ravi@example.com"))
    assert (claims.audience, claims.email_verified) == ((APP_ID,), False)
