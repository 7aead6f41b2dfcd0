"""Database credentials of the domains: made once, with generated passwords, kept in Secrets Manager."""

import json
import secrets
from typing import Any

_PASSWORD_BYTES = 32


def client() -> Any:
    """Return the Secrets Manager client (cold code: boto3 costs half a second, once a deployment)."""
    import boto3  # noqa: PLC0415 - as above

    return boto3.client("secretsmanager")


def password_of(vault: Any, stage: str, domain: str) -> str:
    """Return the password of ``<domain>_app``, making its secret ``treum/<stage>/db/<domain>`` if absent."""
    name = f"treum/{stage}/db/{domain}"
    made = secrets.token_urlsafe(_PASSWORD_BYTES)
    content = {"username": f"{domain}_app", "password": made}
    try:
        vault.create_secret(Name=name, SecretString=json.dumps(content))
    except vault.exceptions.ResourceExistsException:
        found = json.loads(vault.get_secret_value(SecretId=name)["SecretString"])
        return str(found["password"])
    return made
