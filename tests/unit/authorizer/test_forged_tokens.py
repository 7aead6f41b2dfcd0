"""No forged token passes: each class of forgery once, and generated changes of an honest token."""

import base64

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
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
    hs256,
    segment,
    signed_json,
    token,
    without,
)

OTHER_ISSUER = "https://other.treum.test"
KEYS = {(ISSUER, KID): OURS.public_key(), (OTHER_ISSUER, "other"): STRANGER.public_key()}
RULES = Rules(issuers=frozenset({ISSUER, OTHER_ISSUER}), audience=AUDIENCE)
HONEST = token()
HEAD, BODY, SIGNATURE = HONEST.split(".")
ONE = bytes(255) + b"\x01"
NOT_UTF8 = b'{"iss":"\xff"}'
DEEP = b'{"x":' + b"[" * 2000 + b"]" * 2000 + b"}"


def verifier() -> Verifier:
    return Verifier(MemoryKeys(KEYS), RULES)


def respelled(text: str) -> str:
    """Return another base64url spelling of the same bytes: a spare bit of the last character set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(text) % 4
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]


def ps256() -> str:
    signed = f"{segment({**HEADER, 'alg': 'PS256'})}.{BODY}"
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return f"{signed}.{tokens.b64(OURS.sign(signed.encode(), pss, hashes.SHA256()))}"


def es256(*, claimed: str) -> str:
    signed = f"{segment({**HEADER, 'alg': claimed})}.{BODY}"
    key = ec.generate_private_key(ec.SECP256R1())
    return f"{signed}.{tokens.b64(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))}"


def eddsa() -> str:
    signed = f"{segment({**HEADER, 'alg': 'EdDSA'})}.{BODY}"
    return f"{signed}.{tokens.b64(ed25519.Ed25519PrivateKey.generate().sign(signed.encode()))}"


def sha1() -> str:
    signed = f"{HEAD}.{BODY}"
    return f"{signed}.{tokens.b64(OURS.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA1()))}"  # noqa: S303 - the forgery under test


def swapped_signature(other: str) -> str:
    return f"{HEAD}.{BODY}.{other.rsplit('.', 1)[1]}"


def unsigned(header: dict[str, object]) -> str:
    return f"{segment(header)}.{BODY}."


FORGED = {
    # algorithm
    "alg none, empty signature": unsigned({**HEADER, "alg": "none"}),
    "alg None in capitals": unsigned({**HEADER, "alg": "NoNe"}),
    "alg none, a signature kept": f"{segment({**HEADER, 'alg': 'none'})}.{BODY}.{SIGNATURE}",
    "alg HS256 with the public PEM": hs256(tokens.public_pem()),
    "alg HS256 with the modulus": hs256(tokens.jwk(OURS, KID)["n"].encode()),
    "alg HS256 with an empty secret": hs256(b""),
    "alg HS256 with kid as secret": hs256(KID.encode()),
    "an HMAC that says RS256": hs256(tokens.public_pem(), {"alg": "RS256"}),
    "alg RS384 over the same key": signed_json({**HEADER, "alg": "RS384"}, CLAIMS),
    "alg in lower case": signed_json({**HEADER, "alg": "rs256"}, CLAIMS),
    "alg PS256 by our key": ps256(),
    "alg ES256 by a new key": es256(claimed="ES256"),
    "ECDSA that says RS256": es256(claimed="RS256"),
    "alg EdDSA": eddsa(),
    "SHA-1 signature by our key": sha1(),
    "alg missing": signed_json(without(HEADER, "alg"), CLAIMS),
    "alg null": signed_json({**HEADER, "alg": None}, CLAIMS),
    "alg a list": signed_json({**HEADER, "alg": ["RS256"]}, CLAIMS),
    # key
    "another key, our kid": token(key=STRANGER),
    "another issuer's key and kid, our issuer": token(header={"kid": "other"}, key=STRANGER),
    "our key, our kid, another allowed issuer": token({"iss": OTHER_ISSUER}),
    "kid unknown": token(header={"kid": "nobody"}),
    "kid missing": signed_json(without(HEADER, "kid"), CLAIMS),
    "kid empty": token(header={"kid": ""}),
    "kid a number": token(header={"kid": 1}),
    "kid a path": token(header={"kid": "../../../../dev/null"}, key=STRANGER),
    "kid SQL": token(header={"kid": "x' UNION SELECT 'key'--"}, key=STRANGER),
    "kid a shell command": token(header={"kid": "key-1|sleep 5"}, key=STRANGER),
    "kid an address": token(header={"kid": "https://evil.test/key"}, key=STRANGER),
    "kid with a zero byte": token(header={"kid": "key-1\x00"}, key=STRANGER),
    "kid huge": token(header={"kid": "k" * 2000}),
    "jwk of the forger": token(header={"jwk": tokens.jwk(STRANGER, KID)}, key=STRANGER),
    "jku of the forger": token(header={"jku": "https://evil.test/jwks.json"}, key=STRANGER),
    "x5u of the forger": token(header={"x5u": "https://evil.test/cert.pem"}, key=STRANGER),
    "x5c of the forger": token(header={"x5c": ["MIIB"]}, key=STRANGER),
    # header
    "crit unknown": token(header={"crit": ["exp"], "exp": 1}),
    "crit empty": token(header={"crit": []}),
    "b64 false, critical": token(header={"crit": ["b64"], "b64": False}),
    "typ JWT": token(header={"typ": "JWT"}),
    "typ missing": signed_json(without(HEADER, "typ"), CLAIMS),
    "typ of a refresh token": token(header={"typ": "rt+jwt"}),
    "typ of an id token": token(header={"typ": "id+jwt"}),
    "header a list": signed_json([], CLAIMS),
    "header not JSON": f"{tokens.b64(b'RS256')}.{BODY}.{SIGNATURE}",
    # claims, signed by us (an honest key, a token for something else)
    "iss another": token({"iss": "https://evil.test"}),
    "iss with a slash more": token({"iss": ISSUER + "/"}),
    "iss missing": signed_json(HEADER, without(CLAIMS, "iss")),
    "iss a list": token({"iss": [ISSUER]}),
    "aud another": token({"aud": "another-api"}),
    "aud a prefix": token({"aud": AUDIENCE[:-1]}),
    "aud empty list": token({"aud": []}),
    "aud missing": signed_json(HEADER, without(CLAIMS, "aud")),
    "sub missing": signed_json(HEADER, without(CLAIMS, "sub")),
    "sub empty": token({"sub": ""}),
    "sub a number": token({"sub": 1}),
    "sub huge": token({"sub": "u" * 1000}),
    "family huge": token({"fam": "f" * 1000}),
    "expired": token({"exp": NOW - 6}),
    "exp missing": signed_json(HEADER, without(CLAIMS, "exp")),
    "exp a text": token({"exp": str(NOW + 890)}),
    "exp null": token({"exp": None}),
    "exp before iat": token({"iat": NOW, "exp": NOW - 1}),
    "exp in years": token({"exp": NOW + 10**9}),
    "exp of 400 digits": signed_json(HEADER, {**CLAIMS, "exp": 10**400}),
    "iat missing": signed_json(HEADER, without(CLAIMS, "iat")),
    "iat in the future": token({"iat": NOW + 60}),
    "nbf in the future": token({"nbf": NOW + 60}),
    "role unknown": token({"roles": ["root"]}),
    "roles a text": token({"roles": "admin"}),
    "plan unknown": token({"plan": "gold"}),
    "step-up in the future": token({"sua": NOW + 60}),
    "step-up a text": token({"sua": str(NOW)}),
    "step-up true": token({"sua": True}),
    "step-up of 400 digits": signed_json(HEADER, {**CLAIMS, "sua": 10**400}),
    "step-up level a text": token({"sul": "2"}),
    "step-up level true": token({"sul": True}),
    "step-up level null": token({"sul": None}),
    "step-up level a fraction": token({"sul": 1.5}),
    "step-up level a list": token({"sul": [2]}),
    "step-up level negative": token({"sul": -1}),
    "step-up level beyond the highest": token({"sul": 3}),
    "step-up level of 400 digits": signed_json(HEADER, {**CLAIMS, "sul": 10**400}),
    "claims a list": signed_json(HEADER, [CLAIMS]),
    "claims a text": signed_json(HEADER, "admin"),
    # shape
    "nothing": "",
    "one segment": HEAD,
    "two segments": f"{HEAD}.{BODY}",
    "four segments": f"{HONEST}.{SIGNATURE}",
    "five segments (JWE)": f"{HEAD}.{BODY}.{BODY}.{BODY}.{SIGNATURE}",
    "empty header": f".{BODY}.{SIGNATURE}",
    "empty claims": f"{HEAD}..{SIGNATURE}",
    "empty signature": f"{HEAD}.{BODY}.",
    "claims twice": f"{HEAD}.{BODY}.{BODY}.{SIGNATURE}",
    "dots alone": "..",
    "padding": f"{HONEST}==",
    "padded claims": f"{HEAD}.{BODY}=.{SIGNATURE}",
    "standard alphabet": f"{HEAD}.{BODY}.{SIGNATURE.replace('-', '+').replace('_', '/')}",
    "spare bits of the signature set": f"{HEAD}.{BODY}.{respelled(SIGNATURE)}",
    "white space inside": f"{HEAD}.{BODY}.{SIGNATURE[:5]} {SIGNATURE[5:]}",
    "line break at the end": HONEST + "\n",
    "signature of other claims": swapped_signature(token({"sub": "someone"})),
    "signature cut": HONEST[:-4],
    "signature of zeros": f"{HEAD}.{BODY}.{tokens.b64(bytes(256))}",
    "signature one": f"{HEAD}.{BODY}.{tokens.b64(ONE)}",
    "signature doubled": f"{HEAD}.{BODY}.{SIGNATURE}{SIGNATURE}",
    "huge": token({"pad": "x" * 8000}),
    "not ASCII": HONEST.replace("e", "\u0435", 1),
    "a lone surrogate": HONEST + "\udc80",
    "claims that are not UTF-8": f"{HEAD}.{tokens.b64(NOT_UTF8)}.{SIGNATURE}",
    "deep header": f"{tokens.b64(DEEP[:2800])}.{BODY}.{SIGNATURE}",
    "deep unknown claim": f"{HEAD}.{tokens.b64(DEEP[:2800])}.{SIGNATURE}",
    "deep claims": f"{HEAD}.{tokens.b64(b'[' * 2000)}.{SIGNATURE}",
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
    assert (claims.sub, claims.plan, claims.roles) == (CLAIMS["sub"], "free", ["user"])


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
