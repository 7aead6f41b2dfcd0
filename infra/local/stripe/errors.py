"""Refusals in Stripe's shape (docs.stripe.com/api/errors)."""

from typing import Any


class StripeRefusal(Exception):  # noqa: N818 - it refuses; the API's word for it is "error"
    """One answer that is not a success: HTTP ``status`` and the members of ``error``."""

    def __init__(self, status: int, kind: str, message: str, **members: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message} | {k: v for k, v in members.items() if v is not None}

    def body(self) -> dict[str, Any]:
        """Return the answer's document."""
        return {"error": self.error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeRefusal:
    """Return the 400 for a request that cannot be carried out."""
    return StripeRefusal(400, "invalid_request_error", message, param=param, code=code)


def missing(kind: str, object_id: str, param: str = "id") -> StripeRefusal:
    """Return the 404 for an object there is not."""
    return StripeRefusal(
        404,
        "invalid_request_error",
        f"No such {kind}: '{object_id[:80]}'",
        param=param,
        code="resource_missing",
    )


def declined(code: str, decline_code: str | None, message: str, **members: Any) -> StripeRefusal:
    """Return the 402 for a card that was not charged; ``payment_intent`` among ``members``."""
    return StripeRefusal(402, "card_error", message, code=code, decline_code=decline_code, **members)
