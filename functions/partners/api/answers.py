"""What several routes ask and answer alike."""

from kit.http import Rate, Request
from partners.model.application import ApplicationId, OwnerId

CHANGES = Rate(60, 3600, "partner-changes")
"""Everything that makes or changes a thing, together."""
TESTS = Rate(30, 3600, "webhook-tests")


def owner(request: Request) -> OwnerId:
    """Return the caller."""
    return OwnerId(request.user.subject)


def application(request: Request) -> ApplicationId:
    """Return the application that the path names."""
    return ApplicationId(request.path["id"])
