"""The fixture's authorizer: the token (or ticket) says what it answers."""

from typing import Any


def handler(event: dict[str, Any], _context: Any) -> Any:
    """Allow ``good…``, deny ``deny``, refuse ``unknown``, break on ``broken``."""
    headers = event.get("headers") or {}
    query = event.get("queryStringParameters") or {}
    token = headers.get("Authorization") or query.get("ticket") or ""
    if token == "unknown":
        raise Exception("Unauthorized")  # noqa: TRY002 - the very words API Gateway looks for
    if token == "broken":
        raise RuntimeError("the authorizer is broken")
    if token == "nonsense":
        return {"principalId": "x"}
    effect = "Allow" if token.startswith("good") else "Deny"
    return {
        "principalId": token,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]},
            ],
        },
        "context": {"sub": token, "level": 3, "flag": True, "source": event["type"]},
    }
