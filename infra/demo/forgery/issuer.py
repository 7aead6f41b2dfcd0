"""What our own key signs and no API may take: a careless issuer's."""

from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from demo.forgery.honest import EVIL, Honest, base64, rs256, segment, without

_HUGE = 8000


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
        "iss another": laid(iss=EVIL),
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
