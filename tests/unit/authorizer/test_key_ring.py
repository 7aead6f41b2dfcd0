"""The key ring: keys from one secret, a fresh read for an unknown kid at most once per cool-down."""

import json
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from authorizer.adapters.secrets import KeyRing
from builders.tokens import ISSUER, KID, OURS, STRANGER, b64, jwk
from kit.errors import Retryable

SECRET = "treum/test/jwks"


class Secrets:
    """A secret that can change and be away; counts the reads past the cache."""

    def __init__(self, *keys: dict[str, str]) -> None:
        self.fresh_reads = 0
        self.away = False
        self.put(*keys)
        self._cached = self._stored

    def put(self, *keys: dict[str, str]) -> None:
        self._stored: Mapping[str, str] = {ISSUER: json.dumps({"keys": keys})}

    def get(self, name: str, *, fresh: bool = False) -> Mapping[str, str]:
        assert name == SECRET
        if self.away:
            raise Retryable
        if fresh:
            self.fresh_reads += 1
            self._cached = self._stored
        return self._cached


class Ticker:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def ring(secrets: Secrets, ticker: Ticker | None = None) -> KeyRing:
    return KeyRing(secrets.get, SECRET, monotonic=ticker or Ticker(), cool_down_s=15)


def test_a_published_key_is_found_under_its_issuer_only() -> None:
    keys = ring(Secrets(jwk(OURS, KID)))
    found = keys.find(ISSUER, KID)
    assert found is not None
    assert found.public_numbers() == OURS.public_key().public_numbers()
    assert keys.find("https://other.treum.test", KID) is None


def test_a_new_key_is_found_at_its_first_use() -> None:
    secrets = Secrets(jwk(OURS, KID))
    keys = ring(secrets)
    keys.find(ISSUER, KID)
    secrets.put(jwk(OURS, KID), jwk(STRANGER, "key-2"))
    assert keys.find(ISSUER, "key-2") is not None
    assert secrets.fresh_reads == 1


def test_unknown_kids_cost_one_read_per_cool_down() -> None:
    secrets, ticker = Secrets(jwk(OURS, KID)), Ticker()
    keys = ring(secrets, ticker)
    for number in range(100):
        assert keys.find(ISSUER, f"unknown-{number}") is None
    assert secrets.fresh_reads == 1
    ticker.now += 15
    keys.find(ISSUER, "unknown")
    assert secrets.fresh_reads == 2


def test_a_withdrawn_key_is_forgotten() -> None:
    secrets = Secrets(jwk(OURS, KID))
    keys = ring(secrets)
    assert keys.find(ISSUER, KID) is not None
    secrets.put(jwk(STRANGER, "key-2"))
    secrets.get(SECRET, fresh=True)
    assert keys.find(ISSUER, KID) is None


def test_known_keys_outlive_an_absence_of_the_store() -> None:
    secrets = Secrets(jwk(OURS, KID))
    keys = ring(secrets)
    keys.find(ISSUER, KID)
    secrets.away = True
    assert keys.find(ISSUER, KID) is not None
    with pytest.raises(Retryable):
        ring(secrets).find(ISSUER, KID)


WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the weak key under test


@pytest.mark.parametrize(
    "unfit",
    [
        {"kty": "oct", "kid": KID, "k": b64(b"secret")},
        {"kty": "EC", "kid": KID, "crv": "P-256", "x": "AA", "y": "AA"},
        {**jwk(OURS, KID), "use": "enc"},
        {**jwk(OURS, KID), "alg": "RS512"},
        {**jwk(OURS, KID), "kid": ""},
        {**jwk(OURS, KID), "e": b64(b"\x03")},
        jwk(WEAK, KID),
    ],
)
def test_keys_that_must_not_verify_are_passed_over(unfit: dict[str, str]) -> None:
    keys = ring(Secrets(unfit, jwk(STRANGER, "good")))
    assert keys.find(ISSUER, KID) is None
    assert keys.find(ISSUER, "good") is not None
