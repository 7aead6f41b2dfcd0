"""What several routes answer alike."""

from kit import clock
from kit.http import Reply, Request
from kit.http.etag import of_version
from users.model import User
from users.schemas import UserView


def user_reply(user: User) -> Reply:
    """Answer with an account and its version."""
    return Reply(UserView.of(user, clock.now()), etag=of_version(user.version))


def device_name(request: Request) -> str:
    """Return what a device is called whose client gives it no name."""
    return "".join(filter(str.isprintable, request.user_agent[:80]))
