"""Ids that follow from what they name, so that doing a thing again makes nothing twice."""

import hashlib
from uuid import UUID

from partners.model.webhook import DeliveryId, EndpointId, MessageId


def delivery_id(message: MessageId, endpoint: EndpointId) -> DeliveryId:
    """Return the id of the one delivery of ``message`` to ``endpoint``; in SQL: ``md5(…)::uuid``."""
    digest = hashlib.md5(f"{message}/{endpoint}".encode(), usedforsecurity=False).hexdigest()
    return DeliveryId(str(UUID(digest)))
