"""ID tokens: one of our apps', fresh, once; every class of forgery is refused, and says nothing of why."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from builders import tokens as signed
from builders.identity_provider import APP, CLIENT, HEADER, ISSUER, claims, token
from builders.moving_clock import START, MovingClock
from builders.users import House
from kit.errors import Retryable
from users import model
from users.adapters.oidc import tokens
from users.adapters.oidc.keys import keys_of
from users.errors import IdTokenRefused
from users.model import Expected, IdClaims

pytestmark = pytest.mark.usefixtures("moving_clock")
NOW = int(START)


def refused(text: str) -> str:
    """Return the rule by which ``text`` is refused."""
    with pytest.raises(IdTokenRefused) as error:
        House().id_tokens.brought(text)
    assert error.value.detail == IdTokenRefused.title
    return error.value.rule


def by_public_key() -> str:
    """Return a token signed by HMAC with the public key, which everybody has."""
    pem = signed.OURS.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"{signed.segment({**HEADER, 'alg': 'HS256'})}.{signed.segment(claims())}"
    return f"{text}.{signed.b64(hmac.digest(pem, text.encode(), hashlib.sha256))}"


def unsigned(alg: str) -> str:
    return f"{signed.segment({**HEADER, 'alg': alg})}.{signed.segment(claims())}."


def less(name: str) -> dict[str, Any]:
    return signed.without(claims(), name)


def test_an_honest_token_says_who_comes() -> None:
    said = House().id_tokens.brought(token())
    assert (said.issuer, said.subject, said.audience) == (ISSUER, "auth0|asha", (APP,))
    assert (said.email, said.email_verified) == ("asha@example.com", True)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_a_token_that_nobody_signed(alg: str) -> None:
    assert refused(unsigned(alg)) == "header"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "HS256"},
        {"alg": "RS384"},
        {"alg": "PS256"},
        {"alg": ["RS256"]},
        {"kid": None},
        {"kid": ""},
        {"kid": 1},
        {"kid": "k" * 257},
        {"typ": "at+jwt"},
        {"typ": "logout+jwt"},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"crit": ["b64"], "b64": True},
    ],
    ids=str,
)
def test_a_header_that_is_none_of_an_id_token(header: dict[str, Any]) -> None:
    assert refused(token(header=header)) in {"header", "signature"}


def test_a_header_without_a_kid() -> None:
    assert refused(signed.signed_json(signed.without(HEADER, "kid"), claims())) == "header"


def test_the_public_key_as_a_secret() -> None:
    assert refused(by_public_key()) == "header"


def test_a_kid_nobody_has() -> None:
    assert refused(token(header={"kid": "tenant-2"})) == "key"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u"])
def test_a_key_of_its_own_is_not_looked_at(name: str) -> None:
    header = {name: "https://evil.test/jwks.json", "kid": HEADER["kid"]}
    assert refused(token(header=header, key=signed.STRANGER)) == "signature"


def test_another_ones_signature_and_none_and_a_changed_claim() -> None:
    assert refused(token(key=signed.STRANGER)) == "signature"
    head, _, signature = token().split(".")
    assert refused(f"{head}.{signed.segment(claims(sub='auth0|ravi'))}.{signature}") == "signature"
    assert refused(f"{head}.{signed.segment(claims())}.AAAA") == "signature"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "a.b", f"{'e30'}.e30.e30", "[]", "é.é.é"])
def test_what_is_no_token(text: str) -> None:
    assert refused(text) in {"header", "signature"}


def test_a_token_of_more_than_eight_kibibytes_is_not_even_read() -> None:
    assert refused(token(claims(more="x" * model.ID_TOKEN_CHARS))) == "size"


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "iat", "exp"])
def test_a_claim_that_lacks(name: str) -> None:
    assert refused(token(less(name))) == "claims"


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"iss": "https://treum.id.test"}, "issuer"),
        ({"iss": "https://evil.test/"}, "issuer"),
        ({"aud": "another-app"}, "audience"),
        ({"aud": CLIENT}, "audience"),  # ours, but of the flow whose tokens the provider gives us itself
        ({"aud": []}, "audience"),
        ({"aud": [APP, "another-app"]}, "audience"),
        ({"azp": "another-app"}, "audience"),
        ({"sub": ""}, "subject"),
        ({"sub": "s" * 256}, "subject"),
        ({"sub": "auth0|é"}, "subject"),
        ({"exp": NOW - 5}, "expired"),
        ({"exp": 0}, "expired"),
        ({"iat": NOW + 6}, "not_yet"),
        ({"nbf": NOW + 6}, "not_yet"),
        ({"iat": NOW - 305}, "age"),
        ({"iat": -1e300}, "age"),
        ({"sub": 7}, "claims"),
        ({"exp": "never"}, "claims"),
        ({"iat": True}, "claims"),
    ],
    ids=str,
)
def test_a_claim_that_is_wrong(said: dict[str, Any], rule: str) -> None:
    assert refused(token(claims(**said))) == rule


@pytest.mark.parametrize(
    "said",
    [
        {"exp": NOW - 4},
        {"iat": NOW + 5, "nbf": NOW + 5},
        {"iat": NOW - 304},
        {"aud": [APP]},
        {"azp": APP},
        {"iat": NOW + 0.5},
    ],
    ids=str,
)
def test_clocks_may_differ_by_five_seconds_and_one_audience_may_be_a_list(said: dict[str, Any]) -> None:
    assert House().id_tokens.brought(token(claims(**said))).subject == "auth0|asha"


def test_a_token_counts_once_however_its_signature_is_spelled(monkeypatch: pytest.MonkeyPatch) -> None:
    house, text = House(), token()
    read = house.provider.read
    # today's library refuses the other spelling; this one takes it
    monkeypatch.setattr(house.provider, "read", lambda _: read(text))
    house.id_tokens.brought(text)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]  # of bits that no byte needs
    for again in (text, other):
        with pytest.raises(IdTokenRefused) as error:
            house.id_tokens.brought(again)
        assert error.value.rule == "used"


def test_a_used_token_is_remembered_for_as_long_as_it_would_be_taken(moving_clock: MovingClock) -> None:
    house, text = House(), token()
    house.id_tokens.brought(text)
    (until,) = house.memory.spent.values()
    moving_clock.advance(until.timestamp() - START)
    assert refused(text) == "age"


def test_the_nonce_is_the_one_we_gave() -> None:
    house = House()
    assert house.id_tokens.answered(token(claims(CLIENT, nonce="n1")), "n1").nonce == "n1"
    for said in ({"nonce": "n2"}, {}, {"nonce": None}):
        with pytest.raises(IdTokenRefused) as error:
            house.id_tokens.answered(token(claims(CLIENT, **said)), "n1")
        assert error.value.rule == "nonce"


@pytest.mark.parametrize(
    ("email", "spelled"),
    [
        ("Asha@Example.com", "asha@example.com"),
        ("\u0430sha@example.com", None),  # a Cyrillic letter
        ("asha@exam ple.com", None),
        ("asha", None),
        ("a" * 65 + "@example.com", None),
        (None, None),
    ],
)
def test_an_address_is_spelled_as_accounts_have_it(email: str | None, spelled: str | None) -> None:
    assert House().id_tokens.brought(token(claims(email=email))).email == spelled


@pytest.mark.parametrize("said", ["true", 1, None, [], False])
def test_only_true_means_verified(said: object) -> None:
    assert House().id_tokens.brought(token(claims(email_verified=said))).email_verified is False


def test_while_nobody_knows_the_key_nobody_is_refused() -> None:
    def find(_kid: str) -> None:
        raise Retryable

    with pytest.raises(Retryable):
        tokens.read(token(), find)


def test_an_allow_list_of_two_apps_takes_one_at_a_time() -> None:
    both = IdClaims(ISSUER, "s", (APP, "b"), NOW, NOW + 60)
    assert model.broken_rule(both, Expected(ISSUER, (APP, "b")), NOW) == "audience"


def jwk(key: rsa.RSAPrivateKey, **other: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    n = base64.urlsafe_b64encode(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")).decode()
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k", "n": n.rstrip("="), "e": "AQAB", **other}


def test_only_large_rsa_keys_that_sign_by_rs256_are_taken() -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - one that is refused
    good = jwk(signed.OURS, kid="good")
    bad = [
        jwk(small, kid="small"),
        jwk(signed.OURS, kid="other-use", use="enc"),
        jwk(signed.OURS, kid="other-alg", alg="RS512"),
        jwk(signed.OURS, kid=""),
        jwk(signed.OURS, kid="no-number", n="", e=""),
        {"kty": "EC", "kid": "curve", "crv": "P-256"},
        {"kty": "oct", "kid": "secret", "k": "AAAA"},
    ]
    found = keys_of(json.dumps({"keys": [*bad, good]}).encode())
    assert list(found) == ["good"]
    assert found["good"].public_numbers() == signed.OURS.public_key().public_numbers()
    for document in (b"", b"{}", b'{"keys": []}', json.dumps({"keys": bad}).encode(), b"\xff", b"[" * 9999):
        with pytest.raises(Retryable):
            keys_of(document)
