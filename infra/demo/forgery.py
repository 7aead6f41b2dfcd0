"""Forged access tokens, by what is wrong with them: no platform may accept one.

``by_strangers`` makes those that anybody can make who holds one honest token and the public keys;
``by_issuer`` those that our own key signed for something else (another audience, another time, a claim of
another kind), as a careless issuer would. Sources of the classes: RFC 8725 (JSON Web Token Best Current
Practices), RFC 9068 section 5.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_EVIL = "https://evil.test"
_HUGE = 8000
_NOT_UTF8 = b'{"iss":"\xff"}'
_DEEP = (b'{"x":' + b"[" * 2000)[:2800]


def base64(raw: bytes) -> str:
    """Return unpadded base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def segment(value: Any) -> str:
    """Return ``value`` as a JSON segment of a token."""
    return base64(json.dumps(value, separators=(",", ":")).encode())


def read(text: str) -> dict[str, Any]:
    """Return the JSON object in the segment ``text``."""
    found: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=="))
    return found


def without(source: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return ``source`` less one member."""
    return {key: value for key, value in source.items() if key != name}


def rs256(header: Any, claims: Any, key: rsa.RSAPrivateKey) -> str:
    """Return a token of exactly this header and these claims, signed by ``key``."""
    signed = f"{segment(header)}.{segment(claims)}"
    return f"{signed}.{base64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def respelled(text: str) -> str:
    """Return another base64url spelling of the same bytes: a spare bit of the last character set."""
    return text[:-1] + _ALPHABET[_ALPHABET.index(text[-1]) ^ 1]


def public_jwk(key: rsa.RSAPublicKey, kid: str) -> dict[str, str]:
    """Return ``key`` as a JWK."""
    numbers = key.public_numbers()
    modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    exponent = base64(numbers.e.to_bytes(3, "big"))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": base64(modulus), "e": exponent}


@dataclass(frozen=True)
class Honest:
    """An honest token and the public key that verifies it."""

    token: str
    public: rsa.RSAPublicKey

    @cached_property
    def parts(self) -> list[str]:
        """Its three segments."""
        return self.token.split(".")

    @cached_property
    def header(self) -> dict[str, Any]:
        """What it says of itself."""
        return read(self.parts[0])

    @cached_property
    def claims(self) -> dict[str, Any]:
        """What it says of its bearer."""
        return read(self.parts[1])

    @cached_property
    def pem(self) -> bytes:
        """The public key as text, which a forger would take for a secret."""
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.public.public_bytes(serialization.Encoding.PEM, spki)


def by_strangers(honest: Honest) -> dict[str, str]:
    """Return what somebody without our key can make of ``honest``, by name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _of_algorithms(honest) | _of_keys(honest, key) | _of_shapes(honest)


def _of_algorithms(honest: Honest) -> dict[str, str]:
    header, body, signature = honest.header, honest.parts[1], honest.parts[2]
    kid = str(header["kid"])
    curve = ec.generate_private_key(ec.SECP256R1())
    edwards = ed25519.Ed25519PrivateKey.generate()

    def named(alg: Any, signature: str) -> str:
        return f"{segment({**header, 'alg': alg})}.{body}.{signature}"

    def hs256(secret: bytes, alg: str = "HS256") -> str:
        signed = named(alg, "")[:-1].encode()
        return named(alg, base64(hmac.new(secret, signed, hashlib.sha256).digest()))

    def es256(alg: str) -> str:
        return named(alg, base64(curve.sign(named(alg, "")[:-1].encode(), ec.ECDSA(hashes.SHA256()))))

    return {
        "alg none, empty signature": named("none", ""),
        "alg None in capitals": named("NoNe", ""),
        "alg none, a signature kept": named("none", signature),
        "alg HS256 with the public PEM": hs256(honest.pem),
        "alg HS256 with the modulus": hs256(public_jwk(honest.public, kid)["n"].encode()),
        "alg HS256 with an empty secret": hs256(b""),
        "alg HS256 with kid as secret": hs256(kid.encode()),
        "an HMAC that says RS256": hs256(honest.pem, "RS256"),
        "alg ES256 by a new key": es256("ES256"),
        "ECDSA that says RS256": es256("RS256"),
        "alg EdDSA": named("EdDSA", base64(edwards.sign(named("EdDSA", "")[:-1].encode()))),
    }


def _of_keys(honest: Honest, key: rsa.RSAPrivateKey) -> dict[str, str]:
    kid = str(honest.header["kid"])
    mine = public_jwk(key.public_key(), kid)

    def signed(claims: Mapping[str, Any] | None = None, **header: Any) -> str:
        return rs256({**honest.header, **header}, {**honest.claims, **(claims or {})}, key)

    return {
        "another key, our kid": signed(),
        "another key, the bearer an administrator": signed({"roles": ["user", "admin"]}),
        "kid unknown": signed(kid="nobody"),
        "kid a path": signed(kid="../../../../dev/null"),
        "kid SQL": signed(kid="x' UNION SELECT 'key'--"),
        "kid a shell command": signed(kid=f"{kid}|sleep 5"),
        "kid an address": signed(kid=f"{_EVIL}/key"),
        "kid with a zero byte": signed(kid=f"{kid}\x00"),
        "jwk of the forger": signed(jwk=mine),
        "jku of the forger": signed(jku=f"{_EVIL}/jwks.json"),
        "x5u of the forger": signed(x5u=f"{_EVIL}/cert.pem"),
        "x5c of the forger": signed(x5c=["MIIB"]),
    }


def _of_shapes(honest: Honest) -> dict[str, str]:
    (head, body, signature), token = honest.parts, honest.token
    other = segment({**honest.claims, "sub": "someone"})
    return {
        "nothing": "",
        "one segment": head,
        "two segments": f"{head}.{body}",
        "four segments": f"{token}.{signature}",
        "five segments (JWE)": f"{head}.{body}.{body}.{body}.{signature}",
        "empty header": f".{body}.{signature}",
        "empty claims": f"{head}..{signature}",
        "empty signature": f"{head}.{body}.",
        "claims twice": f"{head}.{body}.{body}.{signature}",
        "dots alone": "..",
        "header not JSON": f"{base64(b'RS256')}.{body}.{signature}",
        "padding": f"{token}==",
        "padded claims": f"{head}.{body}=.{signature}",
        "standard alphabet": f"{head}.{body}.{signature.translate({45: 43, 95: 47})}",
        "spare bits of the signature set": f"{head}.{body}.{respelled(signature)}",
        "white space inside": f"{head}.{body}.{signature[:5]} {signature[5:]}",
        "line break at the end": token + "\n",
        "signature of other claims": f"{head}.{other}.{signature}",
        "signature cut": token[:-4],
        "signature of zeros": f"{head}.{body}.{base64(bytes(256))}",
        "signature one": f"{head}.{body}.{base64(bytes(255) + bytes([1]))}",
        "signature doubled": f"{head}.{body}.{signature}{signature}",
        "not ASCII": token.replace("e", "\u0435", 1),
        "a lone surrogate": token + "\udc80",
        "claims that are not UTF-8": f"{head}.{base64(_NOT_UTF8)}.{signature}",
        "deep header": f"{base64(_DEEP)}.{body}.{signature}",
        "deep unknown claim": f"{head}.{base64(_DEEP)}.{signature}",
        "deep claims": f"{head}.{base64(b'[' * 2000)}.{signature}",
    }


def by_issuer(honest: Honest, key: rsa.RSAPrivateKey, now: int) -> dict[str, str]:
    """Return what ``key``, our own, signed but no API may take at ``now`` (Unix seconds), by name."""
    return _of_our_header(honest, key) | _of_our_claims(honest, key, now)


def _of_our_header(honest: Honest, key: rsa.RSAPrivateKey) -> dict[str, str]:
    head, body, _ = honest.parts

    def of(header: Any) -> str:
        return rs256(header, honest.claims, key)

    def laid(**header: Any) -> str:
        return of({**honest.header, **header})

    signed = f"{segment({**honest.header, 'alg': 'PS256'})}.{body}"
    pss = key.sign(signed.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    weak = key.sign(f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the forgery
    return {
        "alg PS256 by our key": f"{signed}.{base64(pss)}",
        "SHA-1 signature by our key": f"{head}.{body}.{base64(weak)}",
        "alg RS384 over the same key": laid(alg="RS384"),
        "alg in lower case": laid(alg="rs256"),
        "alg missing": of(without(honest.header, "alg")),
        "alg null": laid(alg=None),
        "alg a list": laid(alg=["RS256"]),
        "kid missing": of(without(honest.header, "kid")),
        "kid empty": laid(kid=""),
        "kid a number": laid(kid=1),
        "kid huge": laid(kid="k" * 2000),
        "crit unknown": laid(crit=["exp"], exp=1),
        "crit empty": laid(crit=[]),
        "b64 false, critical": laid(crit=["b64"], b64=False),
        "typ JWT": laid(typ="JWT"),
        "typ missing": of(without(honest.header, "typ")),
        "typ of a refresh token": laid(typ="rt+jwt"),
        "typ of an id token": laid(typ="id+jwt"),
        "header a list": of([]),
    }


def _of_our_claims(honest: Honest, key: rsa.RSAPrivateKey, now: int) -> dict[str, str]:
    issuer, audience = str(honest.claims["iss"]), str(honest.claims["aud"])

    def of(claims: Any) -> str:
        return rs256(honest.header, claims, key)

    def laid(**claims: Any) -> str:
        return of({**honest.claims, **claims})

    found = {
        f"{name} missing": of(without(honest.claims, name)) for name in ("iss", "aud", "sub", "exp", "iat")
    }
    levels = {"a text": "2", "true": True, "null": None, "a fraction": 1.5, "a list": [2], "negative": -1}
    levels |= {"beyond the highest": 3, "of 400 digits": 10**400}
    found |= {f"step-up level {name}": laid(sul=value) for name, value in levels.items()}
    return found | {
        "iss another": laid(iss=_EVIL),
        "iss with a slash more": laid(iss=issuer + "/"),
        "iss a list": laid(iss=[issuer]),
        "aud another": laid(aud="another-api"),
        "aud a prefix": laid(aud=audience[:-1]),
        "aud empty list": laid(aud=[]),
        "sub empty": laid(sub=""),
        "sub a number": laid(sub=1),
        "sub huge": laid(sub="u" * 1000),
        "family huge": laid(fam="f" * 1000),
        "expired": laid(iat=now - 1000, exp=now - 6),
        "exp a text": laid(exp=str(now + 890)),
        "exp null": laid(exp=None),
        "exp before iat": laid(iat=now, exp=now - 1),
        "exp in years": laid(exp=now + 10**9),
        "exp of 400 digits": laid(exp=10**400),
        "iat in the future": laid(iat=now + 60),
        "nbf in the future": laid(nbf=now + 60),
        "role unknown": laid(roles=["root"]),
        "roles a text": laid(roles="admin"),
        "plan unknown": laid(plan="gold"),
        "step-up in the future": laid(sua=now + 60),
        "step-up a text": laid(sua=str(now)),
        "step-up true": laid(sua=True),
        "step-up of 400 digits": laid(sua=10**400),
        "claims a list": of([honest.claims]),
        "claims a text": of("admin"),
        "huge": laid(pad="x" * _HUGE),
    }
