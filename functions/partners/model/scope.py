"""What an API key may be allowed: each scope opens the routes whose ``access`` names it."""

from typing import Final, Literal, get_args

Scope = Literal["signals:read", "performance:read", "market:read"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
