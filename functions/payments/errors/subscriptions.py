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


class SubscriptionNotOpen(Conflict):
    """It has not begun, is over, or owes a payment: such a one is not changed (409)."""

    code = "SUBSCRIPTION_NOT_OPEN"
    title = "This subscription cannot be changed in its present state"


class SubscriptionEnding(Conflict):
    """It was cancelled (409)."""

    code = "SUBSCRIPTION_ENDING"
    title = "This subscription is to end: resume it before you change it"


class ChangeWaiting(Conflict):
    """Another change comes with the next period (409)."""

    code = "CHANGE_WAITING"
    title = "Another change waits for the next period: change back to your present plan first"


class OfferUnfit(Conflict):
    """A subscription goes on only as another subscription of its product line (409)."""

    code = "OFFER_UNFIT"
    title = "Your subscription cannot become this: begin what you want by POST /checkouts"
