"""What several routes answer alike."""

from kit.http import Reply
from kit.http.etag import of_version
from users.model import User
from users.schemas import UserView


def user_reply(user: User) -> Reply:
    """Answer with an account and its version."""
    return Reply(UserView.model_validate(user), etag=of_version(user.version))
