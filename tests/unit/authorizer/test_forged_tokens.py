"""No forged token passes: each class of forgery once, and generated changes of an honest token."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from authorizer.adapters.memory import MemoryKeys
from authorizer.errors import TokenRefused
from authorizer.model import Rules
from authorizer.service.verification import Verifier
from builders import tokens
from builders.tokens import (
    AUDIENCE,
    CLAIMS,
    HEADER,
    ISSUER,
    KID,
    NOW,
    OURS,
    STRANGER,
    signed_json,
    token,
    without,
)
from demo.forgery import Honest, by_issuer, by_strangers

OTHER_ISSUER = "https://other.treum.test"
KEYS = {(ISSUER, KID): OURS.public_key(), (OTHER_ISSUER, "other"): STRANGER.public_key()}
RULES = Rules(issuers=frozenset({ISSUER, OTHER_ISSUER}), audience=AUDIENCE)
HONEST = token()
HEAD, BODY, SIGNATURE = HONEST.split(".")


def verifier() -> Verifier:
    return Verifier(MemoryKeys(KEYS), RULES)


HONESTLY = Honest(HONEST, OURS.public_key())
FORGED = {
    **by_strangers(HONESTLY),
    **by_issuer(HONESTLY, OURS, NOW),
    "another issuer's key and kid, our issuer": token(header={"kid": "other"}, key=STRANGER),
    "our key, our kid, another allowed issuer": token({"iss": OTHER_ISSUER}),
}


def test_there_are_at_least_sixty_classes_of_forgery() -> None:
    assert len(FORGED) >= 60


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(name: str) -> None:
    with pytest.raises(TokenRefused):
        verifier().verify(FORGED[name], NOW)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused_after_an_honest_one_was_seen(name: str) -> None:
    known = verifier()
    known.verify(HONEST, NOW)
    with pytest.raises(TokenRefused):
        known.verify(FORGED[name], NOW)


def test_the_honest_token_beside_the_forged_ones_passes() -> None:
    claims = verifier().verify(HONEST, NOW)
    assert (claims.sub, claims.plan, claims.roles) == (CLAIMS["sub"], "free", frozenset({"user"}))


def test_unknown_header_members_do_not_choose_a_key() -> None:
    honest = token(header={"jku": "https://evil.test", "jwk": tokens.jwk(STRANGER, KID)})
    assert verifier().verify(honest, NOW).sub == CLAIMS["sub"]


@pytest.mark.parametrize(
    "change",
    [{"aud": [AUDIENCE, "other"]}, {"exp": NOW - 4}, {"iat": NOW + 4}, {"nbf": NOW}, {"unknown": {"a": 1}}],
)
def test_what_the_rules_allow_passes(change: dict[str, object]) -> None:
    assert verifier().verify(token(change), NOW).sub == CLAIMS["sub"]


@given(st.integers(0, len(HONEST) - 1), st.characters(codec="utf-8"))
def test_no_other_character_anywhere_in_an_honest_token_passes(place: int, character: str) -> None:
    changed = HONEST[:place] + character + HONEST[place + 1 :]
    if changed == HONEST:
        return
    with pytest.raises(TokenRefused):
        verifier().verify(changed, NOW)


@given(st.integers(0, 2047))
def test_no_flipped_bit_of_the_signature_passes(bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(SIGNATURE + "=="))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TokenRefused):
        verifier().verify(f"{HEAD}.{BODY}.{tokens.b64(bytes(raw))}", NOW)


@given(st.text(max_size=300))
def test_no_text_passes(text: str) -> None:
    with pytest.raises(TokenRefused):
        verifier().verify(text, NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*HEADER, "crit", "jwk"]), _JSON), st.sampled_from([OURS, STRANGER]))
def test_only_our_key_under_our_header_passes(header: dict[str, object], key: rsa.RSAPrivateKey) -> None:
    forged = {**HEADER, **header}
    honest = key is OURS and without(forged, "jwk") == HEADER
    try:
        verifier().verify(signed_json(forged, CLAIMS, key), NOW)
    except TokenRefused:
        assert not honest
    else:
        assert honest
