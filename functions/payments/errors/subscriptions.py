"""What is refused about subscriptions."""

from kit.errors import Conflict, NotFound


class SubscriptionUnknown(NotFound):
    """No subscription of this person has this id (404)."""

    code = "SUBSCRIPTION_UNKNOWN"
    title = "There is no such subscription"


class AlreadySubscribed(Conflict):
    """One subscription a person and product line (409)."""

    code = "ALREADY_SUBSCRIBED"
    title = "You have a subscription already: change it instead of beginning another"


class KeyMeantAnother(Conflict):
    """The idempotency key began another subscription (409)."""

    code = "KEY_MEANT_ANOTHER"
    title = "This Idempotency-Key began another subscription: use a new one"
