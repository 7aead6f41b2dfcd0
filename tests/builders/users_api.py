"""The users domain behind a gateway of a few lines: proxy events in, real PostgreSQL, Redis, and moto's AWS."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from authorizer import api as authorizer_api
from authorizer import bootstrap as authorizer_bootstrap
from fixtures.database import Databases, settings_of
from kit import ids, secrets
from kit.aws import mail
from kit.aws.client import AwsClient
from kit.stores.postgres import Database
from kit.stores.redis import Redis
from users import api as users_api
from users import tasks
from users.bootstrap import api as api_wiring
from users.bootstrap import credentials as credential_wiring
from users.bootstrap import federation as federation_wiring
from users.bootstrap import stores
from users.bootstrap import tasks as task_wiring

ISSUER = "http://127.0.0.1:8080"
ARN = "arn:aws:execute-api:ap-south-1:123456789012:abcdef1234/live/GET/api/v1/users/me"
PASSWORD = "correct horse battery"


@dataclass
class Place:
    """The domain behind a gateway of a few lines: authorizer first, then the function."""

    db: Database
    redis: Redis
    mailed: list[str]

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Return status, JSON and headers; 401 as the gateway answers it."""
        bare, _, query = path.partition("?")
        resource = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{id}", bare)
        request: dict[str, Any] = {"identity": {"sourceIp": "127.0.0.1"}, "requestId": ids.uuid7()}
        if token is not None:
            try:
                request["authorizer"] = self.authorize(token, resource)["context"]
            except Exception as error:
                if str(error) != "Unauthorized":
                    raise
                return 401, {}, {}
        resource, parameters = _placed(resource, bare)
        event = {
            "httpMethod": method,
            "resource": resource,
            "path": bare,
            "headers": {
                "Content-Type": "application/json",
                **{k.replace("_", "-"): v for k, v in headers.items()},
            },
            "pathParameters": parameters,
            "queryStringParameters": dict(part.split("=") for part in query.split("&")) if query else None,
            "multiValueQueryStringParameters": (
                {part.split("=")[0]: [part.split("=")[1]] for part in query.split("&")} if query else None
            ),
            "body": json.dumps(body) if body is not None else None,
            "isBase64Encoded": False,
            "requestContext": request,
        }
        answer = users_api.handler(event, None)
        return (
            answer["statusCode"],
            json.loads(answer["body"]) if answer["body"] else {},
            answer["headers"],
        )

    def authorize(self, token: str, resource: str) -> dict[str, Any]:
        """Return what the authorizer answers."""
        headers = {"Authorization": [f"Bearer {token}"]}
        event = {"methodArn": ARN, "resource": resource, "multiValueHeaders": headers, "requestContext": {}}
        return authorizer_api.handler(event)

    def code(self) -> str:
        """Return the newest code that was mailed."""
        return str(re.findall(r"code is (\d{6})", "\n".join(self.mailed))[-1])

    def register(self, email: str) -> None:
        """Register and prove ``email``."""
        status, asked, _ = self.send("POST", "/api/v1/auth/register", {"email": email, "password": PASSWORD})
        assert status == 202, asked
        proof = {"verification_id": asked["verification_id"], "code": self.code()}
        assert self.send("POST", "/api/v1/auth/verify-otp", proof)[:2] == (200, {"status": "verified"})

    def login(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in."""
        status, grant, _ = self.send("POST", "/api/v1/auth/login", {"email": email, "password": password})
        assert status == 200, grant
        return grant


def _placed(resource: str, path: str) -> tuple[str, dict[str, str] | None]:
    """Return the route's address and its parameters, as API Gateway finds them."""
    if found := re.fullmatch(r"(.*/consents)/(?!history$)(\w+)", resource.removeprefix("/api/v1/consents")):
        return f"{found[1]}/{{purpose}}", {"purpose": found[2]}
    given = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", path)
    return resource, {"id": given[0]} if given else None


def fresh(module: Any) -> None:
    """Forget what a module keeps per container."""
    for value in vars(module).values():
        clear: Callable[[], None] | None = getattr(value, "cache_clear", None)
        if clear is not None and getattr(value, "__module__", "") == module.__name__:
            clear()


@pytest.fixture
def place(
    database: Databases, redis_url: str, moto_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    urllib.request.urlopen(  # noqa: S310 - loopback
        urllib.request.Request(f"{moto_url}/moto-api/reset", method="POST")  # noqa: S310 - loopback
    ).close()
    db = database("users", "vault")
    server = settings_of(db)
    environment = {
        "STAGE": "test",
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_REGION": "ap-south-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "DATABASE_HOST": server.database_host,
        "DATABASE_PORT": str(server.database_port),
        "DATABASE_NAME": server.database_name,
        "DATABASE_SECRET": "treum/test/db/users",
        "REDIS_URL": redis_url,
        "TOKEN_ISSUER": ISSUER,
        "TOKEN_ISSUERS": ISSUER,
        "TOKEN_AUDIENCE": "treum",
        "MAIL_SENDER": "no-reply@treum.example",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    wirings = (stores, api_wiring, credential_wiring, federation_wiring, task_wiring)
    modules = (*wirings, authorizer_bootstrap, secrets, mail)
    for module in modules:
        fresh(module)
    secrets.forget()
    aws = AwsClient("secretsmanager")
    login = json.dumps({"username": "users_app", "password": "only-for-tests"})
    create = {"Name": "treum/test/db/users", "SecretString": login}
    aws.json_call("secretsmanager.CreateSecret", "1.1", create)
    AwsClient("ses").request(
        "POST",
        "/v2/email/identities",
        headers=(("Content-Type", "application/json"),),
        body=b'{"EmailIdentity": "no-reply@treum.example"}',
    )
    key = AwsClient("kms").json_call("TrentService.CreateKey", "1.1", {})["KeyMetadata"]
    assert isinstance(key, dict)
    monkeypatch.setenv("PERSONAL_DATA_KEY", str(key["KeyId"]))
    redis = Redis(redis_url, timeout_s=5)
    redis.call("FLUSHDB")
    monkeypatch.setattr(users_api.api, "_redis", lambda: redis)
    mailed: list[str] = []
    send = mail.send_email

    def send_and_keep(to: str, subject: str, text: str) -> None:
        send(to, subject, text)
        mailed.append(text)

    monkeypatch.setattr(mail, "send_email", send_and_keep)
    run("ensure_signing_key")
    run("rebuild_revocations")
    made = Place(db, redis, mailed)
    yield made
    stores.database().close()
    for module in modules:
        fresh(module)
    secrets.forget()
    redis.close()


def run(task: str, **given: object) -> Any:
    return tasks.handler({"task": task, "input": given}, None)


def admin(place: Place) -> str:
    assert run("ensure_admin", email="admin@example.com") == {"opened": True}
    assert run("ensure_admin", email="admin@example.com") == {"opened": False}
    left = secrets.get("treum/test/first-admin", fresh=True)
    return str(place.login(left["email"], left["password"])["access_token"])


def stepped_up(place: Place, token: str, method: str = "otp", code: str = "") -> str:
    status, asked, _ = place.send("POST", "/api/v1/auth/step-up", {"method": method}, token)
    assert status == 202, asked
    proof = {"step_up_id": asked["step_up_id"], "code": code or place.code()}
    status, proven, _ = place.send("POST", "/api/v1/auth/step-up/verify", proof, token)
    assert status == 200, proven
    return str(proven["access_token"])
