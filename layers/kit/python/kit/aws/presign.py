"""Addresses that carry their signature: whoever holds one may get one S3 object for a while.

Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API Reference.
"""

import hmac
from datetime import datetime
from hashlib import sha256

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
