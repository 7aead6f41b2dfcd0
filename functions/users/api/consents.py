"""What people consent to: notices for everybody, one's own answers and their ledger."""

from uuid import UUID

from kit.http import PUBLIC, Page, PageQuery, Request, Routes, signed_in
from kit.pagination import decode_cursor, encode_cursor
from users import bootstrap, schemas
from users.api import rates
from users.errors import NoticeOutdated, PurposeUnknown, UserUnknown
from users.model import ConsentId, UserId

routes = Routes()


@routes.get(
    "/consents/notices",
    summary="Read the notices in force, in English and Hindi",
    reply=schemas.NoticesView,
    access=PUBLIC,
    rate=rates.NOTICES,
)
def list_consent_notices(_request: Request) -> schemas.NoticesView:
    """Publish the notices."""
    found = bootstrap.api.consents().notices()
    return schemas.NoticesView(items=tuple(schemas.NoticeView.of(one) for one in found))


@routes.get(
    "/users/me/consents",
    summary="See what you have consented to",
    reply=schemas.ConsentsView,
    access=signed_in(),
)
def list_consents(request: Request) -> schemas.ConsentsView:
    """List one's own."""
    found = bootstrap.api.consents().mine(UserId(request.user.subject))
    return schemas.ConsentsView(items=tuple(schemas.ConsentView.of(one) for one in found))


@routes.put(
    "/users/me/consents/{purpose}",
    summary="Give consent, naming the version you read, or withdraw it; the same again changes nothing",
    body=schemas.ConsentBody,
    reply=schemas.ConsentView,
    access=signed_in(),
    rate=rates.CONSENTS,
    errors=(PurposeUnknown, NoticeOutdated, UserUnknown),
)
def put_consent(request: Request) -> schemas.ConsentView:
    """Give or withdraw one's own."""
    body: schemas.ConsentBody = request.body
    user_id, purpose = UserId(request.user.subject), request.path["purpose"]
    keeping = bootstrap.api.consents()
    if body.given:
        return schemas.ConsentView.of(keeping.give(user_id, purpose, body.version, body.locale))
    return schemas.ConsentView.of(keeping.withdraw(user_id, purpose))


@routes.get(
    "/users/me/consents/history",
    summary="Read your ledger of consents, the newest line first",
    query=PageQuery,
    reply=Page[schemas.ConsentEntryView],
    access=signed_in(),
)
def list_consent_history(request: Request) -> Page[schemas.ConsentEntryView]:
    """List one's own lines."""
    query: PageQuery = request.query
    before = ConsentId(str(decode_cursor(query.cursor, tuple[UUID])[0])) if query.cursor else None
    user_id = UserId(request.user.subject)
    found = bootstrap.api.consents().history(user_id, before, query.limit + 1)
    shown = found[: query.limit]
    more = encode_cursor((shown[-1].id,)) if len(found) > query.limit else None
    items = tuple(schemas.ConsentEntryView.of(one) for one in shown)
    return Page[schemas.ConsentEntryView](items=items, next_cursor=more)
