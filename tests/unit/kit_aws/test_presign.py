"""A presigned address equals botocore's, parameter by parameter."""

import base64
import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest

from kit.aws import presign, sigv4

NOW = dt.datetime(2026, 3, 1, 23, 59, 59, tzinfo=dt.UTC)
PLAIN = sigv4.Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = sigv4.Credentials("ASIAEXAMPLE", "other/secret+key", "FwoGZXIvYXdzE//token==")


def botocores(path: str, query: sigv4.Pairs, who: sigv4.Credentials) -> dict[str, list[str]]:
    url = f"https://s3.ap-south-1.amazonaws.com{path}"
    request = AWSRequest("GET", f"{url}?{sigv4.query_string(query)}" if query else url)
    pair = botocore.credentials.Credentials(who.access_key, who.secret_key, who.token or None)
    signer: Any = botocore.auth.S3SigV4QueryAuth(pair, "s3", "ap-south-1", expires=300)
    request.context["timestamp"] = NOW.strftime(botocore.auth.SIGV4_TIMESTAMP)
    # add_auth() reads the wall clock; its own steps are run here at NOW instead
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return parse_qs(urlsplit(str(request.url)).query)


@pytest.mark.parametrize("who", [PLAIN, SESSION], ids=["plain", "session"])
@pytest.mark.parametrize(
    "query",
    [(), (("response-content-disposition", 'attachment; filename="a b.pdf"'),)],
    ids=["bare", "named"],
)
@pytest.mark.parametrize("path", ["/bucket/backtests/x.html", "/bucket/a%20b/%E2%82%B9.pdf"])
def test_a_link_is_signed_as_botocore_signs_it(path: str, query: sigv4.Pairs, who: sigv4.Credentials) -> None:
    ours = presign.signed_query(
        "s3.ap-south-1.amazonaws.com", path, query, who, region="ap-south-1", now=NOW, expires_s=300
    )
    assert parse_qs(ours) == botocores(path, query, who)


@pytest.mark.parametrize("seconds", [0, -1, presign.LONGEST_S + 1])
def test_a_link_lives_neither_for_ever_nor_not_at_all(seconds: int) -> None:
    with pytest.raises(ValueError, match="lives"):
        presign.signed_query("h", "/b/k", (), PLAIN, region="r", now=NOW, expires_s=seconds)


@pytest.mark.parametrize("who", [PLAIN, SESSION], ids=["plain", "session"])
def test_a_form_is_signed_as_botocore_signs_it(
    who: sigv4.Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    conditions = [{"Content-Type": "image/png"}, ["content-length-range", 1, 4_000_000]]
    ours = presign.signed_post(
        "bucket", "incoming/a b", conditions, who, region="ap-south-1", now=NOW, expires_s=600
    )
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: NOW)
    pair = botocore.credentials.Credentials(who.access_key, who.secret_key, who.token or None)
    request = AWSRequest("POST", "https://s3.ap-south-1.amazonaws.com/bucket")
    policy = {
        "expiration": "2026-03-02T00:09:59Z",
        "conditions": [*conditions, {"bucket": "bucket"}, {"key": "incoming/a b"}],
    }
    request.context["s3-presign-post-fields"] = fields = {"key": "incoming/a b"}
    request.context["s3-presign-post-policy"] = policy
    signer: Any = botocore.auth.S3SigV4PostAuth(pair, "s3", "ap-south-1")
    signer.add_auth(request)
    assert json.loads(base64.b64decode(ours["policy"])) == json.loads(base64.b64decode(fields["policy"]))
    assert ours == fields


def test_a_form_does_not_live_for_ever() -> None:
    with pytest.raises(ValueError, match="lives"):
        presign.signed_post("b", "k", [], PLAIN, region="r", now=NOW, expires_s=presign.LONGEST_S + 1)
