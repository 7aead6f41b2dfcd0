"""The wallet: its balance, its statement, and buying courses with it."""

from kit.http import REQUIRED, Page, PageQuery, Reply, Request, Routes, StepUpRequired, signed_in
from kit.http.etag import of_version
from payments import bootstrap
from payments.api.answers import TRANSACTIONS, confirm, person
from payments.errors.orders import AlreadyOwned, NotFromWallet, OfferUnknown, ProfileMissing, WalletShort
from payments.model.offer import Sku
from payments.schemas.payments import PaymentView, payment_view
from payments.schemas.wallet import PurchaseIn, WalletLineView, WalletView, line_view, wallet_view

routes = Routes()


@routes.get("/wallet", summary="What is in your wallet", reply=WalletView, access=signed_in())
def get_wallet(request: Request) -> WalletView:
    """Read the caller's wallet."""
    return wallet_view(bootstrap.orders.reading().wallet(person(request)))


@routes.get(
    "/wallet/statement",
    summary="What came into your wallet and went out of it, the oldest first",
    query=PageQuery,
    reply=Page[WalletLineView],
    access=signed_in(),
)
def list_wallet_lines(request: Request) -> Page[WalletLineView]:
    """Read a page of the caller's statement."""
    query: PageQuery = request.query
    found = bootstrap.orders.reading().statement(person(request), query.limit, query.cursor)
    return Page[WalletLineView](
        items=tuple(line_view(one) for one in found.lines), next_cursor=found.next_cursor
    )


@routes.post(
    "/wallet/purchases",
    summary="Buy a course with the money in your wallet",
    body=PurchaseIn,
    reply=PaymentView,
    status=201,
    access=signed_in(),
    rate=TRANSACTIONS,
    idempotency=REQUIRED,
    errors=(OfferUnknown, ProfileMissing, NotFromWallet, AlreadyOwned, WalletShort, StepUpRequired),
)
def buy_from_wallet(request: Request) -> Reply:
    """Buy; the answer under this key is kept in the transaction of the purchase."""
    body: PurchaseIn = request.body
    one = bootstrap.orders.paying().buy(person(request), Sku(body.sku), confirm(request))
    return Reply(payment_view(one), etag=of_version(one.version))
