"""What several routes ask of whoever signed in before an account is changed."""

from kit.http import Request, demand_step_up
from users import bootstrap
from users.model import UserId


def owner(request: Request) -> UserId:
    """Return who asks; an app that protects the account has confirmed it. Raises ``StepUpRequired``."""
    user_id = UserId(request.user.subject)
    if bootstrap.api.second_factor().enrolled(user_id):
        demand_step_up(request.user, 2)
    return user_id
