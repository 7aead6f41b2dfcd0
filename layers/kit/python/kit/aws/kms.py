"""KMS: a data key made and wrapped under a symmetric key, and unwrapped again under the same context."""

import functools
from base64 import b64decode, b64encode
from collections.abc import Mapping

from kit.aws.client import AwsClient

_VERSION = "1.1"


@functools.cache
def _client() -> AwsClient:
    return AwsClient("kms")


def generate_data_key(key_id: str, context: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Return a new 256-bit key and its wrapping, which opens under the same ``context`` only.

    Raises ``Retryable`` or ``AwsError``.
    """
    asked = {"KeyId": key_id, "KeySpec": "AES_256", "EncryptionContext": dict(context)}
    answer = _client().json_call("TrentService.GenerateDataKey", _VERSION, asked)
    return b64decode(str(answer["Plaintext"])), b64decode(str(answer["CiphertextBlob"]))


def decrypt(key_id: str, wrapped: bytes, context: Mapping[str, str]) -> bytes:
    """Return what was wrapped. Raises ``Retryable`` or ``AwsError`` (``InvalidCiphertextException``)."""
    asked = {
        "KeyId": key_id,
        "CiphertextBlob": b64encode(wrapped).decode(),
        "EncryptionContext": dict(context),
    }
    answer = _client().json_call("TrentService.Decrypt", _VERSION, asked)
    return b64decode(str(answer["Plaintext"]))
