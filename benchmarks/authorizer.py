"""The authorizer, warm and starting, beside a bare RS256 verification and beside PyJWT with redis-py.

No network on either side: the gate is the one in memory, so what is measured is our own work.
"""

import itertools
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from authorizer import api
from authorizer.adapters.memory import MemoryGate, MemoryKeys
from authorizer.model import Rules
from authorizer.service.authorization import Authorizer
from authorizer.service.verification import Verifier
from benchmarks.measure import Result, alternate, per_call, result
from benchmarks.startup import EMPTY, ROOT, starter

ISSUER = "https://id.treum.test"
AUDIENCE = "treum"
_STRANGERS = 300
_PEOPLE = 4
ARN = "arn:aws:execute-api:ap-south-1:123456789012:abcdef1234/live/GET/api/v1/users/me"
PEER = """
import json
import jwt
import redis

store = redis.Redis.from_url("redis://127.0.0.1:1")

def handler(event, context):
    claims = jwt.decode(event["token"], event["key"], algorithms=["RS256"], audience="treum")
    store.get("auth:nbf:" + claims["sub"])
    return claims
"""


def measure() -> list[Result]:
    """Return the warm ratio to a bare verification, the one to PyJWT's, and both start-ups."""
    return [*_warm(), *_start()]


def _warm() -> list[Result]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key()
    header = {"kid": "k", "typ": "at+jwt"}
    # more tokens than the authorizer remembers, so that each is new to it when its turn comes
    tokens = [jwt.encode(_claims(n), key, "RS256", header) for n in range(_STRANGERS)]
    token = tokens[0]
    signed, _, _ = token.rpartition(".")
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    message, scheme, digest = signed.encode(), padding.PKCS1v15(), hashes.SHA256()
    verifier = Verifier(MemoryKeys({(ISSUER, "k"): public}), Rules(frozenset({ISSUER}), AUDIENCE))
    authorizer = Authorizer(verifier, MemoryGate())
    event = _event(token)
    new = itertools.cycle([_event(one) for one in tokens])
    ours, known, bare, peer = alternate(
        per_call(lambda: api.answer(authorizer, next(new))),
        per_call(lambda: api.answer(authorizer, event)),
        per_call(lambda: public.verify(signature, message, scheme, digest)),
        per_call(lambda: _with_pyjwt(event, public)),
    )
    bar = "bare RS256-2048 verification"
    return [
        result("authorizer, warm, a new token", ours, "µs CPU", bare, bar, "<= 1.5", floor=bare),
        result("authorizer, warm, a token seen before", known, "µs CPU", bare, bar, "<= 1.5", floor=bare),
        result("authorizer, warm, beside PyJWT", ours, "µs CPU", peer, "PyJWT", "<= 0.5", floor=bare),
    ]


def _start() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty.py").write_text(EMPTY)
        Path(folder, "peer.py").write_text(PEER)
        path = f"{folder}:{ROOT}/functions:{ROOT}/layers/kit/python"
        ours, peer, empty = alternate(
            starter("authorizer.api.handler", path),
            starter("peer.handler", path),
            starter("empty.handler", path),
        )
    return [
        result(
            "authorizer, start-up", ours, "ms", empty, "empty awslambdaric handler", "<= 2.5", floor=empty
        ),
        result(
            "authorizer, start-up, beside PyJWT + redis-py",
            ours,
            "ms",
            peer,
            "PyJWT + redis-py",
            "<= 0.5",
            floor=empty,
        ),
    ]


def _claims(number: int) -> dict[str, Any]:
    """Return the claims of one of a few people: nobody uses up the quota within a run."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"0197f3a0-0000-7000-8000-{number % _PEOPLE:012x}",
        "jti": str(number),
        "iat": now,
        "exp": now + 86_000,
        "roles": ["user"],
        "plan": "enterprise",
        "fam": "0197f3a0-0000-7000-8000-00000000000f",
    }


def _event(token: str) -> dict[str, Any]:
    headers = {"Accept": "*/*", "Authorization": f"Bearer {token}", "Host": "api", "User-Agent": "bench"}
    return {
        "type": "REQUEST",
        "methodArn": ARN,
        "resource": "/api/v1/users/me",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"requestId": "r"},
    }


def _with_pyjwt(event: Mapping[str, Any], key: rsa.RSAPublicKey) -> dict[str, Any]:
    """What most authorizers do: decode with the required claims, then the policy and the context."""
    token = event["headers"]["Authorization"].removeprefix("Bearer ")
    jwt.get_unverified_header(token)
    claims = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience=AUDIENCE,
        issuer=ISSUER,
        options={"require": ["exp", "iat", "sub", "iss", "aud"]},
    )
    return {
        "principalId": claims["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": ARN}],
        },
        "context": {"sub": claims["sub"], "roles": " ".join(claims["roles"]), "plan": claims["plan"]},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps([one.as_json() for one in measure()], indent=1, ensure_ascii=False) + "\n")
