"""How a client proves itself to MSK with the function's own AWS credentials: SASL/OAUTHBEARER over TLS.

The token is a presigned ``kafka-cluster:Connect`` of fifteen minutes, as MSK's own signer libraries make it
("IAM access control", Amazon MSK developer guide). librdkafka asks for a new one before it ends.
"""

import base64
import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any

from kit import clock, settings
from kit.aws import credentials, sigv4

_EXPIRES_S = 900
_AGENT = "treum"


def config() -> dict[str, Any]:
    """Return the security settings of a librdkafka client: empty unless ``KAFKA_AUTH`` is ``iam``."""
    if settings.optional("KAFKA_AUTH") != "iam":
        return {}
    region = settings.optional("AWS_REGION", "ap-south-1")

    def fresh(_: str) -> tuple[str, float]:
        now = clock.now()
        return token(credentials.current(), region, now), now.timestamp() + _EXPIRES_S

    return {"security.protocol": "SASL_SSL", "sasl.mechanisms": "OAUTHBEARER", "oauth_cb": fresh}


def token(pair: sigv4.Credentials, region: str, now: datetime) -> str:
    """Return the bearer token for ``region``, valid for fifteen minutes from ``now``."""
    host = f"kafka.{region}.amazonaws.com"
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{region}/kafka-cluster/aws4_request"
    query = [
        ("Action", "kafka-cluster:Connect"),
        ("X-Amz-Algorithm", sigv4.ALGORITHM),
        ("X-Amz-Credential", f"{pair.access_key}/{scope}"),
        ("X-Amz-Date", stamp),
        ("X-Amz-Expires", str(_EXPIRES_S)),
        ("X-Amz-SignedHeaders", "host"),
    ]
    if pair.token:
        query.append(("X-Amz-Security-Token", pair.token))
    listed = sigv4.query_string(query)
    canonical = f"GET\n/\n{listed}\nhost:{host}\n\nhost\n{sigv4.EMPTY_SHA256}"
    text = f"{sigv4.ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = sigv4.signing_key(pair, stamp[:8], region, "kafka-cluster")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    url = f"https://{host}/?{listed}&X-Amz-Signature={signature}&User-Agent={_AGENT}"
    return base64.urlsafe_b64encode(url.encode()).rstrip(b"=").decode()
