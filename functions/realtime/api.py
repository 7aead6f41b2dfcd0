"""HTTP routes of realtime: the ticket that opens a socket."""

import secrets

from kit import clock
from kit.http import Api, Rate, Reply, Request, Routes, signed_in
from realtime import bootstrap
from realtime.adapters.redis_tickets import LIFE_S
from realtime.schemas import TicketView
from realtime.service.tickets import give_ticket

routes = Routes()


@routes.post(
    "/realtime/tickets",
    summary="Get a single-use ticket for one WebSocket connection",
    reply=TicketView,
    status=201,
    access=signed_in(),
    rate=Rate(60, name="tickets"),
)
def create_ticket(request: Request) -> Reply:
    """Give a ticket to the caller."""
    ticket = give_ticket(
        request.user,
        bootstrap.stores.tickets(),
        bootstrap.truth.truth().plans,
        lambda: secrets.token_urlsafe(32),
        clock.now(),
    )
    return Reply(TicketView(ticket=ticket, expires_in=LIFE_S))


api = Api("realtime", routes)
handler = api.handler
