"""Uploads by a signed form: what botocore signs is taken, and every condition that is broken is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from local.aws import form
from local.aws.form import Form, FormRefusedError
from local.aws.signature import BadSignatureError
from local.aws.wire import HttpRequest

PNG = b"\x89PNG\r\n\r\n--not the boundary\r\n"
SECRET = "secret"
Change = Callable[[dict[str, str]], bytes]


@cache
def s3() -> Any:
    session = boto3.Session("AKIAEXAMPLE", SECRET, region_name="ap-south-1")
    return session.client("s3", endpoint_url="http://127.0.0.1:1")


def signed() -> dict[str, Any]:
    made: dict[str, Any] = s3().generate_presigned_post(
        "forms",
        "incoming/a b",
        Fields={"Content-Type": "image/png"},
        Conditions=[{"Content-Type": "image/png"}, ["content-length-range", 1, 100]],
        ExpiresIn=300,
    )
    return made


def sent(made: dict[str, Any], content: bytes = PNG) -> HttpRequest:
    """Return the request as browsers send it."""
    files = {"file": ("a.png", content)}
    ready = requests.Request("POST", made["url"], data=made["fields"], files=files).prepare()
    assert isinstance(ready.body, bytes)
    headers = (("host", "127.0.0.1:1"), ("content-type", str(ready.headers["Content-Type"])))
    return HttpRequest("POST", urlsplit(made["url"]).path, headers, ready.body)


def judged(made: dict[str, Any], content: bytes = PNG, after_s: float = 0) -> Form:
    read = form.read(sent(made, content))
    read.verify(SECRET, lambda: datetime.now(UTC) + timedelta(seconds=after_s))
    return read


def _other_key(fields: dict[str, str]) -> bytes:
    fields["key"] = "kept/somebody-else"
    return PNG


def _other_type(fields: dict[str, str]) -> bytes:
    fields["Content-Type"] = "text/html"
    return PNG


def _no_type(fields: dict[str, str]) -> bytes:
    del fields["Content-Type"]
    return PNG


def _too_large(_fields: dict[str, str]) -> bytes:
    return b"x" * 101


def _empty(_fields: dict[str, str]) -> bytes:
    return b""


def _extra(fields: dict[str, str]) -> bytes:
    fields["acl"] = "public-read"
    return PNG


def _other_policy(fields: dict[str, str]) -> bytes:
    fields["policy"] = fields["policy"][:-8] + "AAAAAAAA"
    return PNG


def _unsigned(fields: dict[str, str]) -> bytes:
    del fields["x-amz-signature"]
    return PNG


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_other_key, "AccessDenied"),
        (_other_type, "AccessDenied"),
        (_no_type, "AccessDenied"),
        (_too_large, "EntityTooLarge"),
        (_empty, "EntityTooSmall"),
        (_extra, "AccessDenied"),
        (_other_policy, "SignatureDoesNotMatch"),
        (_unsigned, "AccessDenied"),
    ],
)
def test_a_form_that_breaks_its_policy_is_refused(change: Change, code: str) -> None:
    made = signed()
    content = change(made["fields"])
    with pytest.raises((FormRefusedError, BadSignatureError)) as caught:
        judged(made, content)
    refused = caught.value
    assert isinstance(refused, FormRefusedError | BadSignatureError)
    assert refused.code == code


def test_a_form_ends_by_the_clock() -> None:
    judged(signed(), after_s=299)
    with pytest.raises(FormRefusedError, match="expired"):
        judged(signed(), after_s=301)


def test_a_form_becomes_the_put_it_stands_for() -> None:
    made = signed()
    assert form.is_form(sent(made))
    put = judged(made).as_put("127.0.0.1:1")
    assert (put.method, put.path, put.body) == ("PUT", "/forms/incoming/a%20b", PNG)
    assert put.header("content-type") == "image/png"


def test_a_form_without_a_file_is_no_form() -> None:
    headers = (("content-type", "multipart/form-data; boundary=x"),)
    with pytest.raises(FormRefusedError, match="no file"):
        form.read(HttpRequest("POST", "/forms", headers, b"--x--"))
