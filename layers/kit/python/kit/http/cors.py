"""Cross-origin reading: whose pages may read an answer. Tokens travel in a header, never in a cookie.

API Gateway answers every preflight itself (``infra/api.yaml``) and lets any page ask; without these headers,
which only the origins in ``ALLOWED_ORIGINS`` get, a page cannot read what comes back.
"""

from kit import settings

PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET,POST,PUT,PATCH,DELETE",
    "Access-Control-Allow-Headers": "Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match,"
    "X-Request-Id,traceparent",
    "Access-Control-Max-Age": "7200",
}
_EXPOSED = (
    "ETag,Idempotent-Replayed,Location,RateLimit,RateLimit-Policy,Retry-After,"
    "X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,X-Request-Id"
)


def allowed_origins() -> frozenset[str]:
    """Return the origins whose pages may read our answers."""
    return frozenset(one.strip() for one in settings.optional("ALLOWED_ORIGINS").split(",") if one.strip())


def headers(origin: str) -> dict[str, str]:
    """Return what lets a page of ``origin`` read the answer."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": _EXPOSED,
        "Vary": "Origin",
    }
