"""What webhooks refuse."""

from kit.errors import Conflict, Forbidden, Malformed, NotFound


class HookNotFound(NotFound):
    """No such webhook, somebody else's, a revoked one, or a wrong secret: the same answer."""

    code = "WEBHOOK_NOT_FOUND"
    title = "There is no such webhook, or its secret is another one"


class TooManyHooks(Conflict):
    """A person has a few, not many."""

    code = "TOO_MANY_WEBHOOKS"
    title = "You have as many webhooks as one account may have: revoke one first"


class WebhooksNotIncluded(Forbidden):
    """Neither the plan nor a role includes webhooks."""

    code = "WEBHOOKS_NOT_INCLUDED"
    title = "Webhooks come with the premium and enterprise plans"


class SenderNotAllowed(Forbidden):
    """The address is none of those the operator allows."""

    code = "SENDER_NOT_ALLOWED"
    title = "Alerts are taken from TradingView's own addresses only"


class AlertUnreadable(Malformed):
    """The body is no JSON object of moderate depth."""

    code = "ALERT_UNREADABLE"
    title = "Send one JSON object: the message that your webhook's page shows"
