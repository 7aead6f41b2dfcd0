"""The hosted page and the 3-D Secure challenge: plain forms that a person clicks and a test posts."""

from html import escape
from urllib.parse import parse_qs

from local.gateway.messages import HttpRequest, HttpResponse
from local.stripe import checkout, invoices
from local.stripe.cards import OFFERED
from local.stripe.errors import StripeRefusal
from local.stripe.records import Body
from local.stripe.world import World

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http: https:; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;background:#f4f5f7;color:#1c2333;margin:0}
main{max-width:27rem;margin:6vh auto;background:#fff;border-radius:12px;padding:2rem;
box-shadow:0 2px 16px #0002}
h1{font-size:1.9rem;margin:.2rem 0 1.2rem}label{display:block;margin:.6rem 0 .2rem;font-weight:600}
input,button{font:inherit;
width:100%;box-sizing:border-box;padding:.7rem;border-radius:8px;border:1px solid #c9cfdb}
button{background:#1c5f46;color:#fff;border:0;margin-top:.9rem;cursor:pointer;font-weight:600}
button.plain{background:none;color:#4b5568;font-weight:400}.bad{background:#fdecec;color:#8c1c13;padding:.7rem;
border-radius:8px}.note{font-size:.85rem;color:#5b6475}table{width:100%}td:last-child{text-align:right}
"""


def handle(world: World, request: HttpRequest) -> HttpResponse:
    """Answer ``/pay/<session>``, ``/invoice/<invoice>`` and ``/3ds/<intent>``."""
    _, _, rest = request.path.partition("/")
    place, _, object_id = rest.partition("/")
    if place == "3ds" and request.method == "GET":
        return _to_session(world, object_id)
    if place == "invoice" and object_id.startswith("in_") and world.records.get(object_id):
        return _invoice(world, request, world.find(object_id, "in"))
    session = world.records.get(object_id) if object_id.startswith("cs_test_") else None
    if place != "pay" or session is None:
        return _page("No such page", "<p>There is no payment page at this address.</p>", 404)
    if request.method == "GET":
        return _shown(world, session)
    return _clicked(world, session, _form(request))


def _form(request: HttpRequest) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}


def _invoice(world: World, request: HttpRequest, invoice: Body) -> HttpResponse:
    """Show an invoice that the customer may pay by hand, or pay it."""
    problem, status = "", 200
    if request.method == "POST":
        given = _form(request)
        with world.records.change():  # what a decline left behind stays
            try:
                if given.get("action", "pay") == "pay":
                    invoices.pay_by_hand(world, invoice, given.get("number", ""))
                else:
                    invoices.authenticated(world, invoice, passed=given["action"] == "authenticate")
            except StripeRefusal as refusal:
                problem, status = str(refusal), 402
        invoice = world.find(invoice["id"], "in")
    if invoice["status"] != "open":
        return _page("Thank you", f"<p>The invoice {invoice['number']} is {invoice['status']}.</p>", status)
    if invoice["payments"]["data"] and invoices.intent_of(world, invoice)["status"] == "requires_action":
        return _page("3-D Secure", _CHALLENGE, status)
    title = f"Pay {_money(invoice['amount_due'], invoice['currency'])}"
    return _page(title, f"<p>Invoice {escape(invoice['number'])}</p>{_bad(problem)}{_FORM}", status)


def _clicked(world: World, session: Body, given: dict[str, str]) -> HttpResponse:
    action = given.get("action", "pay")
    if action == "cancel":
        return _away(session["cancel_url"] or session["success_url"], session)
    refused: StripeRefusal | None = None
    with world.records.change():  # what a decline left behind stays
        try:
            if action == "pay":
                session = checkout.pay(world, session, given.get("number", ""))
            else:
                session = checkout.authenticated(world, session, passed=action == "authenticate")
        except StripeRefusal as refusal:
            refused = refusal
    session = world.find(session["id"], "cs_test")
    if refused is not None:
        return _shown(world, session, str(refused), 402)
    return (
        _away(session["success_url"], session) if session["status"] == "complete" else _shown(world, session)
    )


def _away(address: str, session: Body) -> HttpResponse:
    where = address.replace("{CHECKOUT_SESSION_ID}", session["id"])
    clean = "".join(letter for letter in where if letter.isprintable())
    return HttpResponse(303, [("Location", clean), ("Cache-Control", "no-store")])


def _to_session(world: World, intent_id: str) -> HttpResponse:
    intent = world.records.get(intent_id) or {}
    if "_invoice" in intent:
        return HttpResponse(303, [("Location", f"/invoice/{intent['_invoice']}")])
    session = intent.get("_session")
    if session is None:
        return _page("No such page", "<p>This payment has no page of its own.</p>", 404)
    return HttpResponse(303, [("Location", f"/pay/{session}")])


def _shown(world: World, session: Body, problem: str = "", status: int = 200) -> HttpResponse:
    if session["status"] != "open":
        words = "was paid" if session["status"] == "complete" else "has expired"
        return _page("This page is closed", f"<p>The session {words}.</p>", status)
    intent = world.records.get(session["payment_intent"]) if session["payment_intent"] else None
    if intent is not None and intent["status"] == "requires_action":
        return _page("3-D Secure", _CHALLENGE, status)
    lines = "".join(
        f"<tr><td>{escape(str(each['description'] or 'Item'))} &times; {each['quantity']}</td>"
        f"<td>{_money(each['amount_total'], each['currency'])}</td></tr>"
        for each in session["line_items"]["data"]
    )
    cards = "".join(f"<tr><td>{number}</td><td>{escape(words)}</td></tr>" for number, words in OFFERED)
    total = _money(session["amount_total"], session["currency"])
    return _page(
        f"Pay {total}",
        f"<table>{lines}</table>{_bad(problem)}{_FORM}<table class=note>{cards}</table>",
        status,
    )


_FORM = """
<form method=post><label for=number>Card number</label>
<input id=number name=number inputmode=numeric autocomplete=off value="4242 4242 4242 4242" maxlength=24>
<button name=action value=pay>Pay</button>
<button class=plain name=action value=cancel>Cancel and go back</button></form>
<p class=note>The gateway's emulator: no money moves. Test cards, any date and code:</p>
"""
_CHALLENGE = """
<p>Your bank asks whether it is you who pays.</p>
<form method=post><button name=action value=authenticate>Yes, it is me</button>
<button class=plain name=action value=fail_authentication>No, refuse</button></form>
"""


def _bad(problem: str) -> str:
    return f'<p class="bad" role="alert">{escape(problem)}</p>' if problem else ""


def _money(amount: int, currency: str) -> str:
    sign = "₹" if currency == "inr" else currency.upper() + " "
    return f"{sign}{amount // 100:,}.{amount % 100:02d}"


def _page(title: str, body: str, status: int = 200) -> HttpResponse:
    text = (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}</main>"
    )
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", _POLICY),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
    return HttpResponse(status, headers, text.encode())
