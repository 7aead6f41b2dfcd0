"""How a key, its application and its owner's plan become what is mirrored: one rule for all stores."""

from datetime import timedelta
from typing import Final

from partners.model.application import Application
from partners.model.key import Key
from partners.model.mirrored import MirroredKey
from partners.model.network import prefix_bits

ENDED_FOR: Final = timedelta(hours=1)
"""What ended within this time is mirrored as ended: longer than any entry lives unrenewed."""


def mirrored(
    key: Key, application: Application, plan: str, hourly: int, revision: int, *, live: bool
) -> MirroredKey:
    """Return what is mirrored of ``key``; ``hourly`` is the quota of the tier, or else of the plan."""
    return MirroredKey(
        prefix=key.prefix,
        revision=revision,
        live=live,
        digest=key.digest,
        key=key.id,
        owner=key.owner,
        plan=plan,
        scopes=key.scopes,
        networks=tuple(prefix_bits(one) for one in key.networks),
        expires_at=key.expires_at,
        quota=hourly,
        bucket=application.id if application.tier else key.owner,
    )
