"""Addresses and forms that carry their signature: whoever holds one may get or put one S3 object for a while.

Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" and "Browser-Based Uploads
Using POST (AWS Signature Version 4)", Amazon S3 API Reference.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from kit import clock
from kit.aws import credentials
from kit.aws.client import endpoint, region
from kit.aws.sigv4 import ALGORITHM, Credentials, Pairs, query_string, quote, signing_key

LONGEST_S = 7 * 24 * 3600


def link(bucket: str, key: str, *, expires_s: int, query: Pairs = ()) -> str:
    """Return an address of the object that opens for ``expires_s`` seconds.

    ``query`` may set headers of the answer, such as ``response-content-disposition``. It calls nobody: the
    link of an absent object answers 404, and it ends early when the credentials that signed it do.
    """
    at = endpoint("s3")
    path = f"{at.base}/{quote(bucket)}/{quote(key, slash=True)}"
    signed = signed_query(
        at.authority,
        path,
        query,
        credentials.current(),
        region=region(),
        now=clock.now(),
        expires_s=expires_s,
    )
    return f"{'https' if at.tls else 'http'}://{at.authority}{path}?{signed}"


def signed_query(
    host: str,
    path: str,
    query: Pairs,
    who: Credentials,
    *,
    region: str,
    now: datetime,
    expires_s: int,
) -> str:
    """Return the query that signs a GET of ``path`` from S3; equal to botocore's. ``now`` is in UTC."""
    if not 0 < expires_s <= LONGEST_S:
        raise ValueError(f"a link lives 1 to {LONGEST_S} seconds")
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    named = [
        *query,
        ("X-Amz-Algorithm", ALGORITHM),
        ("X-Amz-Credential", f"{who.access_key}/{scope}"),
        ("X-Amz-Date", stamp),
        ("X-Amz-Expires", str(expires_s)),
        ("X-Amz-SignedHeaders", "host"),
        *([("X-Amz-Security-Token", who.token)] if who.token else []),
    ]
    asked = query_string(named)
    canonical = f"GET\n{path}\n{asked}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    text = f"{ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = signing_key(who, stamp[:8], region, "s3")
    return f"{asked}&X-Amz-Signature={hmac.digest(key, text.encode(), 'sha256').hex()}"


@dataclass(frozen=True, slots=True)
class PostForm:
    """A form to POST as ``multipart/form-data`` to ``url``: ``fields`` first, then the file as ``file``."""

    url: str
    fields: Mapping[str, str]


def post(bucket: str, key: str, *, content_type: str, largest: int, expires_s: int) -> PostForm:
    """Return a form that puts one object under ``key``: of that type, of 1 to ``largest`` bytes, in time.

    It calls nobody; S3 judges the conditions when the form is sent.
    """
    at = endpoint("s3")
    conditions = [{"Content-Type": content_type}, ["content-length-range", 1, largest]]
    fields = signed_post(
        bucket,
        key,
        conditions,
        credentials.current(),
        region=region(),
        now=clock.now(),
        expires_s=expires_s,
    )
    url = f"{'https' if at.tls else 'http'}://{at.authority}{at.base}/{quote(bucket)}"
    return PostForm(url, {"Content-Type": content_type, **fields})


def signed_post(
    bucket: str,
    key: str,
    conditions: list[Any],
    who: Credentials,
    *,
    region: str,
    now: datetime,
    expires_s: int,
) -> dict[str, str]:
    """Return the fields that sign a form under ``conditions``; equal to botocore's. ``now`` is in UTC."""
    if not 0 < expires_s <= LONGEST_S:
        raise ValueError(f"a form lives 1 to {LONGEST_S} seconds")
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    fields = {
        "x-amz-algorithm": ALGORITHM,
        "x-amz-credential": f"{who.access_key}/{stamp[:8]}/{region}/s3/aws4_request",
        "x-amz-date": stamp,
    } | ({"x-amz-security-token": who.token} if who.token else {})
    until = now.astimezone(UTC) + timedelta(seconds=expires_s)
    policy = {
        "expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "conditions": [
            *conditions,
            {"bucket": bucket},
            {"key": key},
            *({name: value} for name, value in fields.items()),
        ],
    }
    text = b64encode(json.dumps(policy).encode())
    secret = signing_key(who, stamp[:8], region, "s3")
    return {
        "key": key,
        **fields,
        "policy": text.decode(),
        "x-amz-signature": hmac.digest(secret, text, "sha256").hex(),
    }
