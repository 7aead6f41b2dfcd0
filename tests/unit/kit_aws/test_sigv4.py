"""The signature equals botocore's, header by header, on a corpus of odd requests."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.aws import sigv4

NOW = dt.datetime(2026, 3, 1, 23, 59, 59, tzinfo=dt.UTC)
PLAIN = sigv4.Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = sigv4.Credentials("ASIAEXAMPLE", "other/secret+key", "FwoGZXIvYXdzE//token==")


def botocore_headers(request: sigv4.Request, credentials: sigv4.Credentials, service: str) -> dict[str, str]:
    url = f"http://{request.host}{request.path}"
    if request.query:
        url += "?" + sigv4.query_string(request.query)
    theirs = AWSRequest(request.method, url, headers=dict(request.headers), data=request.body)
    theirs.headers["Host"] = request.host
    pair = botocore.credentials.Credentials(
        credentials.access_key, credentials.secret_key, credentials.token or None
    )
    signer: Any = (botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth)(
        pair, service, "ap-south-1"
    )
    prepared = theirs.prepare()
    theirs.url = prepared.url
    theirs.context["timestamp"] = NOW.strftime(botocore.auth.SIGV4_TIMESTAMP)
    # add_auth() reads the wall clock; its own steps are run here at NOW instead
    signer._modify_request_before_signing(theirs)
    text = signer.string_to_sign(theirs, signer.canonical_request(theirs))
    signer._inject_signature_to_request(theirs, signer.signature(text, theirs))
    return {name.lower(): value for name, value in theirs.headers.items()}


def our_headers(request: sigv4.Request, credentials: sigv4.Credentials, service: str) -> dict[str, str]:
    signed = sigv4.sign(request, credentials, service=service, region="ap-south-1", now=NOW)
    return {name.lower(): value for name, value in signed}


CORPUS = {
    "bare get": sigv4.Request("GET", "states.ap-south-1.amazonaws.com", "/"),
    "empty path": sigv4.Request("GET", "example.com", ""),
    "dots and double slashes": sigv4.Request("GET", "example.com", "/a/./b/../c//d/"),
    "dots above the root": sigv4.Request("GET", "example.com", "/../../x"),
    "encoded once already": sigv4.Request("PUT", "example.com", "/a%20b/%E2%82%B9/c%2Fd", body=b"x"),
    "connection id": sigv4.Request("POST", "127.0.0.1:8080", "/live/@connections/L0SM9cOFvHcCIhw%3D"),
    "query sorted by encoded key and value": sigv4.Request(
        "GET", "example.com", "/", (("b", "2"), ("a", "z"), ("a", "a"), ("A", "1"), ("a-b", ""))
    ),
    "query with unicode and reserved": sigv4.Request(
        "GET", "example.com", "/", (("नाम", "₹ & = + / ~ * '"), ("x y", "%41"))
    ),
    "header spaces and case": sigv4.Request(
        "POST", "example.com", "/", (), (("X-Custom", "  a   b  "), ("content-type", "text/plain")), b"body"
    ),
    "unsigned headers": sigv4.Request(
        "POST", "example.com", "/", (), (("User-Agent", "treum"), ("Expect", "100-continue")), b"body"
    ),
    "binary body": sigv4.Request("POST", "example.com", "/", body=bytes(range(256))),
    "json target": sigv4.Request(
        "POST",
        "secretsmanager.ap-south-1.amazonaws.com",
        "/",
        (),
        (("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "secretsmanager.GetSecretValue")),
        b'{"SecretId":"treum/local/db/users"}',
    ),
}


@pytest.mark.parametrize("credentials", [PLAIN, SESSION], ids=["plain", "session"])
@pytest.mark.parametrize("service", ["execute-api", "s3", "states"])
@pytest.mark.parametrize("request_", CORPUS.values(), ids=CORPUS.keys())
def test_equals_botocore_on_the_corpus(
    request_: sigv4.Request, service: str, credentials: sigv4.Credentials
) -> None:
    if service == "s3" and not request_.path:
        return  # S3 has no request without a path
    assert our_headers(request_, credentials, service) == botocore_headers(request_, credentials, service)


PATHS = st.lists(
    st.sampled_from(["a", "..", ".", "", "%20", "é", "@connections", "x=y", "~"]), max_size=6
).map(lambda parts: "/" + "/".join(sigv4.quote(part) if part != "%20" else part for part in parts))
PAIRS = st.lists(st.tuples(st.text("ab-~ é&=+", max_size=4), st.text("az*/ ₹%", max_size=4)), max_size=4)


@settings(max_examples=150)
@given(path=PATHS, query=PAIRS, body=st.binary(max_size=32), session=st.booleans())
def test_equals_botocore_on_generated_requests(
    path: str,
    query: list[tuple[str, str]],
    body: bytes,
    session: bool,  # noqa: FBT001 - given by hypothesis
) -> None:
    request = sigv4.Request("POST", "example.com", path, tuple(query), body=body)
    if urlsplit(f"http://example.com{path}").path != path:
        return  # a path that no client could send
    credentials = SESSION if session else PLAIN
    theirs = botocore_headers(request, credentials, "execute-api")
    assert our_headers(request, credentials, "execute-api") == theirs


def test_a_rotated_secret_under_the_same_access_key_is_not_signed_with_the_old_key() -> None:
    request = sigv4.Request("GET", "example.com", "/")
    rotated = sigv4.Credentials(PLAIN.access_key, "rotated")
    before = our_headers(request, PLAIN, "states")
    after = our_headers(request, rotated, "states")
    assert before["authorization"] != after["authorization"]
    assert after == botocore_headers(request, rotated, "states")


def test_a_changed_byte_changes_the_signature() -> None:
    one = our_headers(sigv4.Request("POST", "example.com", "/", body=b"a"), PLAIN, "states")
    two = our_headers(sigv4.Request("POST", "example.com", "/", body=b"b"), PLAIN, "states")
    assert one["authorization"] != two["authorization"]
