"""Signing keys, the digest key and published keys in Secrets Manager. Functions that only read never write.

``treum/<stage>/signing-key`` is ``{"keys": "[{kid, pem, signs_from}]", "digest_key": base64}``;
``treum/<stage>/jwks`` is ``{issuer: JWKS document as text}``, other issuers' documents beside ours.
"""

import json
import secrets as randomness
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Protocol

from kit.aws.errors import AwsError
from kit.errors import Retryable
from users.model import SigningKey

_DIGEST_KEY_BYTES = 32
_ABSENT = "ResourceNotFoundException"


class ReadSecret(Protocol):
    """``kit.secrets.get``."""

    def __call__(self, name: str, *, fresh: bool = False) -> Mapping[str, str]:
        """Return the JSON object of the secret ``name``; ``fresh`` goes past the cache."""


class JsonCalls(Protocol):
    """What writing needs of ``kit.aws.client.AwsClient``."""

    def json_call(self, target: str, version: str, payload: Mapping[str, object]) -> dict[str, object]:
        """Return the answer of an AWS JSON protocol operation."""


class SigningSecret:
    """Reads what is needed to sign and to digest."""

    def __init__(self, read: ReadSecret, name: str) -> None:
        self._read = read
        self._name = name
        self._parsed: tuple[Mapping[str, str], tuple[SigningKey, ...], bytes] | None = None

    def keys(self) -> tuple[SigningKey, ...]:
        """Return the signing keys. Raises ``Retryable`` when there are none yet."""
        return self._current()[1]

    def digest_key(self) -> bytes:
        """Return the key of keyed digests. Raises ``Retryable`` when there is none yet."""
        return self._current()[2]

    def _current(self) -> tuple[Mapping[str, str], tuple[SigningKey, ...], bytes]:
        try:
            found = self._read(self._name)
        except AwsError as error:
            raise Retryable("There is no signing key yet: the bootstrap makes one") from error
        if self._parsed is None or self._parsed[0] is not found:
            self._parsed = (found, _keys_of(found), b64decode(found["digest_key"]))
        return self._parsed


class PublishedKeys:
    """Reads our own JWKS document."""

    def __init__(self, read: ReadSecret, name: str, issuer: str) -> None:
        self._read = read
        self._name = name
        self._issuer = issuer

    def document(self) -> str:
        """Return the document as JSON text. Raises ``Retryable`` when nothing is published yet."""
        try:
            return self._read(self._name)[self._issuer]
        except (AwsError, KeyError) as error:
            raise Retryable("No keys are published yet: the bootstrap does it") from error


class SecretsVault:
    """Writes secrets: the stores of keys and of the first administrator's password."""

    def __init__(self, read: ReadSecret, aws: JsonCalls, *, stage: str, issuer: str) -> None:
        self._read = read
        self._aws = aws
        self._issuer = issuer
        self._prefix = f"treum/{stage}/"

    def load(self) -> tuple[SigningKey, ...]:
        """See :class:`users.ports.KeyStore`."""
        return _keys_of(self._known("signing-key"))

    def save(self, keys: Sequence[SigningKey]) -> None:
        """See :class:`users.ports.KeyStore`. The digest key is made once and never changes."""
        fresh = b64encode(randomness.token_bytes(_DIGEST_KEY_BYTES)).decode()
        digest_key = self._known("signing-key").get("digest_key") or fresh
        listed = [{"kid": key.kid, "pem": key.pem, "signs_from": key.signs_from} for key in keys]
        self._write("signing-key", {"keys": json.dumps(listed), "digest_key": digest_key})

    def publish(self, jwks: str) -> None:
        """See :class:`users.ports.KeyStore`."""
        known = self._known("jwks")
        if known.get(self._issuer) != jwks:
            self._write("jwks", {**known, self._issuer: jwks})

    def leave(self, email: str, password: str) -> str:
        """See :class:`users.ports.AdminVault`."""
        self._write("first-admin", {"email": email, "password": password})
        return self._prefix + "first-admin"

    def _known(self, name: str) -> Mapping[str, str]:
        try:
            return self._read(self._prefix + name, fresh=True)
        except AwsError as error:
            if error.aws_code != _ABSENT:
                raise
            return {}

    def _write(self, name: str, value: Mapping[str, str]) -> None:
        text = json.dumps(value)
        put = {"SecretId": self._prefix + name, "SecretString": text}
        try:
            self._aws.json_call("secretsmanager.PutSecretValue", "1.1", put)
        except AwsError as error:
            if error.aws_code != _ABSENT:
                raise
            create = {"Name": self._prefix + name, "SecretString": text}
            self._aws.json_call("secretsmanager.CreateSecret", "1.1", create)


def _keys_of(secret: Mapping[str, str]) -> tuple[SigningKey, ...]:
    listed = json.loads(secret.get("keys") or "[]")
    return tuple(SigningKey(one["kid"], one["pem"], one["signs_from"]) for one in listed)
