"""What is refused about invoices and credit notes."""

from kit.errors import Conflict, NotFound


class PaperNotFound(NotFound):
    """Absent, or somebody else's."""

    code = "INVOICE_NOT_FOUND"
    title = "There is no such invoice"


class PaperNotPrinted(Conflict):
    """Its PDF is still being made."""

    code = "INVOICE_NOT_PRINTED"
    title = "The PDF is being made: try again in a minute"


class NotCaptured(Conflict):
    """Nothing was paid, so there is nothing to issue a paper about."""

    code = "PAYMENT_NOT_CAPTURED"
    title = "This payment was not captured"


class BooksDisagree(Conflict):
    """The books do not hold what the paper would say: a defect, never a customer's mistake."""

    code = "BOOKS_DISAGREE"
    title = "The books do not hold this sale"


class CreditExceeded(Conflict):
    """All credit notes together would exceed their invoice."""

    code = "CREDIT_EXCEEDED"
    title = "No more can be credited than was invoiced"
