"""Why a caller is refused. The reason is for logs; the answer is the same 401 for all of them."""

from kit.errors import Unauthenticated


class TokenRefused(Unauthenticated):
    """The token is not one of ours, or no longer good. ``reason`` is a short stable word for logs."""

    code = "TOKEN_REFUSED"
    title = "Sign in again, or refresh the access token"

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
