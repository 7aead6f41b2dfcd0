"""The bootstrap function's steps on real stores: run twice, changed once."""

import json
import os
import secrets
from typing import Any

import boto3
import psycopg
import pytest
from psycopg import sql

from bootstrap import handler, package, vault
from bootstrap.migrate import domains
from local.stores import Postgres


@pytest.fixture
def own(postgres: Postgres, moto_url: str, monkeypatch: pytest.MonkeyPatch) -> handler.BootstrapSettings:
    """Return settings for a fresh database whose owner's secret lies in moto."""
    for name, value in {
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "ap-south-1",
    }.items():
        monkeypatch.setenv(name, value)
    stage, name = f"t{secrets.token_hex(4)}", f"boot_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    content = {"username": postgres.user, "password": postgres.password}
    boto3.client("secretsmanager").create_secret(
        Name=f"treum/{stage}/db/admin", SecretString=json.dumps(content)
    )
    return handler.BootstrapSettings(
        stage, postgres.host, postgres.port, name, f"treum/{stage}/db/admin", "unused:9092"
    )


def _migrate(own: handler.BootstrapSettings) -> dict[str, list[str]]:
    return handler._migrate(own)


def test_every_domain_gets_its_role_and_schema_and_a_second_run_changes_nothing(
    own: handler.BootstrapSettings,
) -> None:
    first = _migrate(own)
    assert set(first) == set(domains(package.migrations()))
    assert all(names[0] == "_shared/0001_messaging.sql" for names in first.values())
    assert _migrate(own) == {domain: [] for domain in first}


def test_a_domain_s_secret_opens_its_schema_and_no_other(own: handler.BootstrapSettings) -> None:
    made = list(_migrate(own))
    client = vault.client()
    for domain in made:
        secret: dict[str, Any] = json.loads(
            client.get_secret_value(SecretId=f"treum/{own.stage}/db/{domain}")["SecretString"]
        )
        assert len(secret["password"]) > 30
        with psycopg.connect(
            host=own.database_host,
            port=own.database_port,
            dbname=own.database_name,
            user=secret["username"],
            password=secret["password"],
            autocommit=True,
        ) as connection:
            assert connection.execute("SELECT current_schema()").fetchone() == (domain,)
            for other in set(made) - {domain}:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.SQL("SELECT 1 FROM {}.outbox").format(sql.Identifier(other)))


def test_a_password_once_made_is_kept(own: handler.BootstrapSettings) -> None:
    client = vault.client()
    assert vault.password_of(client, own.stage, "users") == vault.password_of(client, own.stage, "users")
