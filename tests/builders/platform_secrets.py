"""What the running platform keeps in Secrets Manager, for tests that play a thief or a careless issuer."""

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from demo.forgery import Honest, by_issuer, by_strangers
from demo.people import Client, demo_user
from fixtures.platform import RunningPlatform
from local.aws.journal import Journal


def secret(running: RunningPlatform, name: str) -> Mapping[str, str]:
    """Return the newest value of ``treum/local/<name>``, as the platform's journal has it."""
    journal = Journal(running.state / "aws")
    try:
        written = [json.loads(kept.request.body) for kept in journal.replay() if name in kept.scope]
    finally:
        journal.close()
    found: Mapping[str, str] = json.loads(
        [one for one in written if "SecretString" in one][-1]["SecretString"]
    )
    return found


def signing_key(running: RunningPlatform) -> rsa.RSAPrivateKey:
    """Return the key that signs access tokens."""
    (key,) = json.loads(secret(running, "signing-key")["keys"])
    loaded = load_pem_private_key(key["pem"].encode(), password=None)
    assert isinstance(loaded, rsa.RSAPrivateKey)
    return loaded


def honest_and_forged(running: RunningPlatform) -> tuple[str, Mapping[str, str]]:
    """Return an enterprise user's token, and every forgery by name: in the worst case our own key signs it."""
    token = demo_user(running.api, "enterprise").client.token
    key = signing_key(running)
    now = int(Client(running.controls).get("/clock")["now"])  # other tests move it
    honest = Honest(token, key.public_key())
    return token, by_strangers(honest) | by_issuer(honest, key, now)
