"""What realtime refuses."""

from kit.errors import Conflict, Forbidden, LimitExceeded, NotFound, Unauthenticated


class UnknownChannel(NotFound):
    """No such channel (404)."""

    code = "UNKNOWN_CHANNEL"
    title = "There is no such channel"


class NotEntitled(Forbidden):
    """The plan does not include the channel (403)."""

    code = "NOT_ENTITLED"
    title = "Your plan does not include this channel"


class TooManyConnections(LimitExceeded):
    """The plan's sockets are all in use (429)."""

    code = "TOO_MANY_CONNECTIONS"
    title = "Too many open connections: close one first"


class TooManyChannels(LimitExceeded):
    """The connection's channels are all in use (429)."""

    code = "TOO_MANY_CHANNELS"
    title = "Too many channels on this connection: unsubscribe from one first"


class SessionEnded(Unauthenticated):
    """The session behind the ticket was revoked, or its plan changed, since it was given (401)."""

    code = "SESSION_ENDED"
    title = "The session has changed: get a new ticket"


class Resubscribe(Conflict):
    """The registry forgot this connection: it is registered again, its channels are not (409)."""

    code = "RESUBSCRIBE"
    title = "Subscribe to your channels again"
