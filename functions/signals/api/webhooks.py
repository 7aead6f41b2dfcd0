"""Webhooks from TradingView: the owner's side, and the public door."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from kit.http import PUBLIC, Page, PageQuery, Rate, Reply, Request, Routes, signed_in
from kit.identity import Caller
from kit.pagination import decode_cursor, encode_cursor
from signals import bootstrap
from signals.errors import (
    AlertUnreadable,
    HookNotFound,
    NoRegistration,
    SenderNotAllowed,
    TooManyHooks,
    WebhooksNotIncluded,
)
from signals.model.alert import Alert, AlertId, Hook, HookId, Template
from signals.schemas.webhooks import (
    AlertView,
    HookIn,
    HookSecretView,
    HooksView,
    HookView,
    ReceiptView,
    TemplateIn,
    TemplateView,
)

routes = Routes()
_BASE = "/api/v1/webhooks/tradingview"
_DEEPEST = 6
_MESSAGE = {
    "ticker": "{{ticker}}",
    "action": "{{strategy.order.action}}",
    "close": "{{close}}",
    "time": "{{time}}",
    "interval": "{{interval}}",
    "order_id": "{{strategy.order.id}}",
    "comment": "{{strategy.order.comment}}",
}


@routes.post(
    "/webhooks/tradingview",
    summary="Make a webhook for TradingView's alerts; its secret is shown this once",
    body=HookIn,
    reply=HookSecretView,
    status=201,
    access=signed_in(),
    rate=Rate(20, 3600),
    errors=(WebhooksNotIncluded, NoRegistration, TooManyHooks),
)
def create_webhook(request: Request) -> HookSecretView:
    """Make one for the caller; a lost answer is mended by rotating the secret."""
    body: HookIn = request.body
    made, secret = bootstrap.webhooks.hooking().create(
        _owner(request.user), body.name, _template(body.template), as_analyst=body.as_analyst
    )
    return _with_secret(made, secret)


@routes.get(
    "/webhooks/tradingview",
    summary="Your webhooks",
    reply=HooksView,
    access=signed_in(),
    errors=(WebhooksNotIncluded,),
)
def list_webhooks(request: Request) -> HooksView:
    """List the caller's webhooks."""
    found = bootstrap.webhooks.hooking().hooks.of(_owner(request.user))
    return HooksView(items=tuple(HookView(**_fields(one)) for one in found))


@routes.post(
    "/webhooks/tradingview/{hook_id}/secret",
    summary="Take a new secret; the old one ends at once",
    reply=HookSecretView,
    access=signed_in(),
    rate=Rate(20, 3600),
    errors=(WebhooksNotIncluded, HookNotFound),
)
def rotate_webhook_secret(request: Request) -> HookSecretView:
    """Rotate the secret."""
    return _with_secret(*bootstrap.webhooks.hooking().rotate(_owner(request.user), _id(request)))


@routes.put(
    "/webhooks/tradingview/{hook_id}/template",
    summary="Say how later alerts are to be read",
    body=TemplateIn,
    reply=HookView,
    access=signed_in(),
    errors=(WebhooksNotIncluded, HookNotFound),
)
def change_webhook_template(request: Request) -> HookView:
    """Replace the template."""
    changed = bootstrap.webhooks.hooking().change(_owner(request.user), _id(request), _template(request.body))
    return HookView(**_fields(changed))


@routes.delete(
    "/webhooks/tradingview/{hook_id}",
    summary="Revoke a webhook",
    status=204,
    access=signed_in(),
    errors=(HookNotFound,),
)
def revoke_webhook(request: Request) -> None:
    """Revoke it, whatever the plan is by now."""
    bootstrap.webhooks.hooking().revoke(request.user.subject, _id(request))


@routes.get(
    "/webhooks/tradingview/{hook_id}/alerts",
    summary="What came to a webhook of yours, newest first, and what became of it",
    query=PageQuery,
    reply=Page[AlertView],
    access=signed_in(),
    errors=(WebhooksNotIncluded,),
)
def list_alerts(request: Request) -> Page[AlertView]:
    """List the caller's alerts; somebody else's webhook has none for the caller."""
    limit, cursor = request.query.limit, request.query.cursor
    found = bootstrap.webhooks.alerts().page(_owner(request.user), _id(request), _after(cursor), limit + 1)
    shown = found[:limit]
    more = encode_cursor((shown[-1].received_at, shown[-1].id)) if len(found) > limit else None
    return Page[AlertView](items=tuple(_alert(one) for one in shown), next_cursor=more)


@routes.post(
    "/webhooks/tradingview/{hook_id}",
    summary="The door for TradingView: stores one alert and answers at once",
    reply=ReceiptView,
    status=202,
    access=PUBLIC,
    rate=Rate(6000, 60),
    max_body=8192,
    errors=(AlertUnreadable, HookNotFound, SenderNotAllowed),
)
def receive_alert(request: Request) -> Reply:
    """Store an alert; TradingView can set no header, so the secret stands in the body."""
    kept = bootstrap.webhooks.door().receive(_id(request), _content(request.raw), request.ip)
    return Reply(ReceiptView(alert_id=UUID(kept.id)))


def _content(raw: str) -> dict[str, Any]:
    """Return the alert's object. Raises :class:`AlertUnreadable` for anything that no store can keep."""
    try:
        found = msgspec.json.decode(raw)
        sound = isinstance(found, dict) and _is_sound(found, _DEEPEST)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise AlertUnreadable from error
    if not sound:
        raise AlertUnreadable
    return found  # type: ignore[no-any-return]  # a JSON object


def _is_sound(found: object, depth: int) -> bool:
    """Whether a store can keep it: not too deep, no NUL; half a surrogate pair raises ``UnicodeError``."""
    if isinstance(found, str):
        return "\0" not in found and bool(found.encode() or True)
    if isinstance(found, dict):
        found = [*found, *found.values()]
    if isinstance(found, list):
        return depth > 0 and all(_is_sound(one, depth - 1) for one in found)
    return True


def _owner(caller: Caller) -> str:
    """Return the caller's id. Raises :class:`WebhooksNotIncluded` where neither plan nor role has them."""
    if caller.plan == "free" and not caller.has("analyst"):
        raise WebhooksNotIncluded
    return caller.subject


def _id(request: Request) -> HookId:
    return HookId(request.path["hook_id"].lower())


def _template(body: TemplateIn) -> Template:
    return Template(**body.model_dump())


def _fields(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "name": hook.name,
        "address": f"{_BASE}/{hook.id}",
        "analyst": hook.analyst,
        "template": TemplateView.model_validate(hook.template),
        "created_at": hook.created_at,
        "rotated_at": hook.rotated_at,
    }


def _with_secret(hook: Hook, secret: str) -> HookSecretView:
    message = msgspec.json.format(msgspec.json.encode({"secret": secret} | _MESSAGE), indent=2).decode()
    return HookSecretView(**_fields(hook), secret=secret, message=message)


def _alert(alert: Alert) -> AlertView:
    return AlertView.model_validate(alert)


def _after(cursor: str | None) -> tuple[datetime, AlertId] | None:
    if cursor is None:
        return None
    at, alert_id = decode_cursor(cursor, tuple[datetime, UUID])
    return at, AlertId(str(alert_id))
