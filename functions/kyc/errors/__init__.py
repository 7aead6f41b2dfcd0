"""What the domain refuses."""

from kit.errors import Conflict, FieldError, Forbidden, Invalid, NotFound


class ApplicationNotFound(NotFound):
    """Absent, or somebody else's (404)."""

    code = "KYC_APPLICATION_NOT_FOUND"
    title = "There is no such application"


class DocumentNotFound(NotFound):
    """Absent, of another application, or deleted (404)."""

    code = "KYC_DOCUMENT_NOT_FOUND"
    title = "There is no such document"


class StateRefused(Conflict):
    """The application is in a state that does not allow it (409)."""

    code = "KYC_STATE_REFUSED"
    title = "The application is in a state that does not allow this: read it again"


class AlreadyVerified(Conflict):
    """The tier is held, and not about to end (409)."""

    code = "KYC_ALREADY_VERIFIED"
    title = "You hold this tier already"


class TooSoon(Conflict):
    """A rejection is too fresh (409)."""

    code = "KYC_TOO_SOON"
    title = "An application was rejected a short while ago: try again later"


class Incomplete(Invalid):
    """Something is missing before it can be submitted (422); ``errors`` name each thing."""

    code = "KYC_INCOMPLETE"
    title = "Something is still missing"

    def __init__(self, missing: tuple[str, ...]) -> None:
        errors = tuple(FieldError(f"/{one}", "MISSING", f"Give {one.replace('_', ' ')}") for one in missing)
        super().__init__("", errors)


class NumberRefused(Invalid):
    """The provider does not know the Aadhaar number (422)."""

    code = "KYC_NUMBER_REFUSED"
    title = "This number is not known: check it"

    def __init__(self) -> None:
        super().__init__("", (FieldError("/aadhaar", self.code, self.title),))


class TooManyDocuments(Conflict):
    """So many documents were offered in this application that no more are taken (409)."""

    code = "KYC_TOO_MANY_DOCUMENTS"
    title = "No more documents are taken in this application"


class TakenBySomebodyElse(Conflict):
    """Another reviewer works on it (409)."""

    code = "KYC_TAKEN"
    title = "Somebody else has taken this application"


class SecondPersonRequired(Forbidden):
    """Whoever applied, took or proposed does not decide about it (403)."""

    code = "KYC_SECOND_PERSON_REQUIRED"
    title = "Somebody else has to decide about this application"
