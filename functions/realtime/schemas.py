"""What crosses HTTP."""

from kit.http import View


class TicketView(View):
    """A ticket: connect with ``?ticket=`` within ``expires_in`` seconds; it works once."""

    ticket: str
    expires_in: int
