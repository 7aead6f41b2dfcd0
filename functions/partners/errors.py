"""Business errors of partners; the tree is drawn in :mod:`kit.errors`."""

from kit.errors import Conflict, FieldError, Invalid, NotFound


class ApplicationUnknown(NotFound):
    """No such application of this owner (404)."""

    code = "APPLICATION_NOT_FOUND"
    title = "You have no such application"


class KeyUnknown(NotFound):
    """No such key of this application (404)."""

    code = "KEY_NOT_FOUND"
    title = "This application has no such key"


class EndpointUnknown(NotFound):
    """No such webhook endpoint of this owner (404)."""

    code = "ENDPOINT_NOT_FOUND"
    title = "You have no such webhook endpoint"


class DeliveryUnknown(NotFound):
    """No such delivery of this owner (404)."""

    code = "DELIVERY_NOT_FOUND"
    title = "You have no such delivery"


class NameTaken(Conflict):
    """Another one of the same owner, or a live key of the same application, has this name (409)."""

    code = "NAME_TAKEN"
    title = "Another one has this name: choose another, or revoke that one first"


class TooMany(Conflict):
    """The most there may be are there (409)."""

    code = "TOO_MANY"
    title = "You have the most there may be"


class KeyEnded(Conflict):
    """The key is revoked, expired or replaced already (409)."""

    code = "KEY_ENDED"
    title = "This key has ended, or has a successor already"


class ApplicationClosed(Conflict):
    """The application is disabled or suspended (409)."""

    code = "APPLICATION_CLOSED"
    title = "This application is disabled: enable it first"


class AddressTaken(Conflict):
    """Another endpoint of the application has this URL (409)."""

    code = "ADDRESS_TAKEN"
    title = "Another endpoint of this application has this address"


class EndpointClosed(Conflict):
    """The endpoint is disabled (409)."""

    code = "ENDPOINT_CLOSED"
    title = "This endpoint is disabled: enable it first"


class TargetRefused(Invalid):
    """No webhook is sent to such an address (422)."""

    code = "TARGET_REFUSED"
    title = "No webhook can be sent to this address"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, (FieldError("/url", "TARGET_REFUSED", detail),))


class NetworkRefused(Invalid):
    """An entry of the allow-list is not a network (422)."""

    code = "NETWORK_REFUSED"
    title = "An entry of the allow-list is not a network"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, (FieldError("/networks", "NETWORK_REFUSED", detail),))
