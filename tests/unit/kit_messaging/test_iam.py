"""The MSK token is the presigned address that botocore would make."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Pair

from kit.aws.sigv4 import Credentials
from kit.kafka import iam


@pytest.mark.parametrize("session", ["", "FwoGZXIvYXdzE/+=token"])
def test_the_token_carries_botocore_s_signature(session: str) -> None:
    made = iam.token(Credentials("AKIDEXAMPLE", "secret/+key", session), "ap-south-1", datetime.now(UTC))
    ours = parse_qs(urlsplit(base64.urlsafe_b64decode(made + "=" * (-len(made) % 4)).decode()).query)

    class Frozen(SigV4QueryAuth):
        def _modify_request_before_signing(self, request: AWSRequest) -> None:
            request.context["timestamp"] = ours["X-Amz-Date"][0]
            super()._modify_request_before_signing(request)  # type: ignore[misc]  # the stubs leave it out

    request = AWSRequest("GET", "https://kafka.ap-south-1.amazonaws.com/?Action=kafka-cluster%3AConnect")
    pair = Pair("AKIDEXAMPLE", "secret/+key", session or None)
    Frozen(pair, "kafka-cluster", "ap-south-1", expires=900).add_auth(request)
    theirs = parse_qs(urlsplit(str(request.url)).query)
    assert ours.pop("User-Agent") == ["treum"]
    assert ours == theirs


def test_without_the_setting_nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_AUTH", raising=False)
    assert iam.config() == {}
    monkeypatch.setenv("KAFKA_AUTH", "iam")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings = iam.config()
    assert settings["security.protocol"] == "SASL_SSL"
    assert len(settings["oauth_cb"]("")) == 2
