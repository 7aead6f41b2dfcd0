"""Topic ``audit-events``: privileged actions, told by the domain that let them happen. Key: the object's id.

Made by :mod:`kit.audit`, in the transaction of the effect. Personal data stands here only sealed under its
subject's key (:mod:`kit.sealing`).
"""

from typing import Annotated, ClassVar

import msgspec

from kit.events import Data, Moment

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256 in hex."""


class ActionPerformed(Data, frozen=True, kw_only=True):
    """Somebody with a special right used it: ``action`` (``user.grant_plan``) on one object.

    ``before`` and ``after`` are digests of the object's state (:func:`kit.audit.digest`); None: it was not
    there, or the action changed no state. ``network`` is the caller's address, sealed for ``actor``; None
    when no person called.
    """

    TYPE: ClassVar[str] = "action.performed"
    TOPIC: ClassVar[str] = "audit-events"
    SOURCE: ClassVar[str] = "/treum/audit"

    actor: str
    roles: tuple[str, ...]
    action: str
    kind: str
    object_id: str
    before: Digest | None
    after: Digest | None
    network: str | None
    request_id: str
    performed_at: Moment
