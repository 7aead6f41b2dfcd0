"""The bootstrap function: run after every deployment and by ``make up``; it changes nothing twice.

Event: ``{"admin_email": "…"}`` or ``{}``. Answer: what was made now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from bootstrap import bus, migrate, package, vault
from kit import clock, settings, transport
from kit.stores.connection import tls


class BootstrapError(Exception):
    """One line for a person: which step failed and why."""


@dataclass(frozen=True)
class BootstrapSettings:
    """``DATABASE_SECRET`` holds the owner of the database; ``TOPIC_SIZE`` full or small."""

    stage: str
    database_host: str
    database_port: int
    database_name: str
    database_secret: str
    kafka_brokers: str
    kafka_auth: str = ""
    topic_size: str = "full"
    admin_email: str = ""
    database_ca: str = ""


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Make roles, schemas, topics, the signing key and the first administrator, where they are missing."""
    del context
    own = settings.load(BootstrapSettings)
    migrated = _migrate(own)
    size: bus.Size = "small" if own.topic_size == "small" else "full"
    topics = bus.ensure(own.kafka_brokers, bus.read(package.topics()), size, _auth(own))
    answer: dict[str, Any] = {"migrations": migrated, "topics": topics}
    answer["audit_key"] = _ask(own, "audit", "ensure_audit_key", {})
    answer["signing_key"] = _ask(own, "users", "ensure_signing_key", {})
    answer["revocations"] = _ask(own, "users", "rebuild_revocations", {})  # nobody signs in before
    answer["keys"] = _ask(own, "partners", "rebuild_keys", {})  # no API key opens anything before
    email = event.get("admin_email") or own.admin_email
    if email:
        answer["admin"] = _ask(own, "users", "ensure_admin", {"email": email})
    return answer


def _migrate(own: BootstrapSettings) -> dict[str, list[str]]:
    secrets = vault.client()
    owner = json.loads(secrets.get_secret_value(SecretId=own.database_secret)["SecretString"])
    root = package.migrations()
    applied: dict[str, list[str]] = {}
    with psycopg.connect(
        host=own.database_host,
        port=own.database_port,
        dbname=own.database_name,
        user=owner["username"],
        password=owner["password"],
        connect_timeout=10,
        autocommit=True,
        **tls(own.database_host, own.database_ca),
    ) as connection:
        for domain in migrate.domains(root):
            migrate.ensure_role(connection, domain, vault.password_of(secrets, own.stage, domain))
            applied[domain] = migrate.apply(connection, root, domain, at=clock.now())
    return applied


def _auth(own: BootstrapSettings) -> dict[str, Any]:
    if own.kafka_auth == "iam":
        return {"security_protocol": "SASL_SSL", "sasl_mechanism": "AWS_MSK_IAM"}
    transport.demand_tls_of_brokers(own.kafka_brokers, encrypted=False)
    return {}


def _ask(own: BootstrapSettings, domain: str, task: str, arguments: Mapping[str, Any]) -> Any:
    import boto3  # noqa: PLC0415 - beside the other client

    answer = boto3.client("lambda").invoke(
        FunctionName=f"treum-{own.stage}-{domain}-tasks",
        Payload=json.dumps({"task": task, "input": arguments}).encode(),
    )
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise BootstrapError(f"the task {task} of {domain} failed: {payload.get('errorMessage', payload)}")
    return payload
