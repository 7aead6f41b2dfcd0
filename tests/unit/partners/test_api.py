"""The API over memory: whose things are whose, what is shown once, how refusals read, who may use what."""

from collections.abc import Callable
from typing import Any

import pytest

from builders.partners_api import ADMIN, Counter, counter_over, somebody
from kit import ids
from kit.identity import Caller
from partners.api import api
from partners.model.scope import SCOPES

ENDPOINT = {"url": "https://hooks.example.com/in", "types": ["signal.published"]}
KEY = {"name": "main", "scopes": ["signals:read", "market:read"]}
STEP_UP = {"issue_key", "rotate_key"}
BY_ROLE = {"put_application_terms": ("admin",)}


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return counter_over(monkeypatch)


def test_every_operation_is_open_to_whom_this_table_says() -> None:
    assert not [one.id for one in api.routes if one.access.public]
    assert {one.id: one.access.roles for one in api.routes if one.access.roles} == BY_ROLE
    assert {one.id for one in api.routes if one.access.step_up_s} == STEP_UP
    assert not [one.id for one in api.routes if one.access.scope], "no key makes keys"


def test_the_scopes_are_those_that_open_a_route() -> None:
    from signals.api import api as signals  # noqa: PLC0415 - of another domain, here alone

    opened: dict[str, set[str]] = {}
    for route in signals.routes:
        if route.access.scope:
            assert route.method == "GET", f"{route.id} changes something: no key opens that"
            assert not route.access.roles
            opened.setdefault(route.access.scope, set()).add(route.id)
    assert opened.keys() == set(SCOPES)
    assert {one: len(routes) for one, routes in opened.items()} == {
        "signals:read": 6,
        "performance:read": 1,
        "market:read": 7,
    }


def test_a_key_is_shown_once_and_never_again(counter: Counter) -> None:
    asha = somebody()
    application = counter.application(asha)
    status, made, _ = counter.ask(asha, "POST", f"/applications/{application}/keys", KEY)
    assert (status, made["key"].startswith(made["prefix"] + "_")) == (201, True)
    secret = made["key"].split("_", 2)[2]

    _, listed, _ = counter.ask(asha, "GET", f"/applications/{application}/keys")
    assert listed["items"] == [{name: value for name, value in made.items() if name != "key"}]
    assert secret not in str(listed)
    again, refused, _ = counter.ask(asha, "POST", f"/applications/{application}/keys", KEY)
    assert (again, refused["code"]) == (409, "NAME_TAKEN")

    path = f"/applications/{application}/keys/{made['id']}"
    status, successor, _ = counter.ask(asha, "POST", f"{path}/rotation", {"overlap_hours": 2})
    assert (status, successor["name"], successor["key"] != made["key"]) == (201, "main", True)
    assert counter.ask(asha, "DELETE", path)[0] == 204
    assert counter.ask(asha, "DELETE", path)[0] == 204
    assert counter.ask(asha, "POST", f"{path}/rotation", {})[1]["code"] == "KEY_ENDED"


def test_a_key_is_made_only_by_who_just_confirmed(counter: Counter) -> None:
    asha = somebody()
    application = counter.application(asha)
    tired = Caller(asha.subject, asha.roles, asha.plan)
    status, refused, _ = counter.ask(tired, "POST", f"/applications/{application}/keys", KEY)

    assert (status, refused["code"]) == (403, "STEP_UP_REQUIRED")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scopes": ["admin"]}, "INVALID"),
        ({"scopes": []}, "INVALID"),
        ({"expires_in_days": 366}, "INVALID"),
        ({"networks": ["203.0.113.7/24"]}, "NETWORK_REFUSED"),
        ({"networks": ["everywhere"]}, "NETWORK_REFUSED"),
        ({"networks": ["10.0.0.1"] * 21}, "INVALID"),
        ({"name": ""}, "INVALID"),
        ({"name": "a\nb"}, "INVALID"),
        ({"more": 1}, "INVALID"),
    ],
)
def test_a_key_that_cannot_be_is_refused_by_name(counter: Counter, change: dict[str, Any], code: str) -> None:
    asha = somebody()
    application = counter.application(asha)
    status, refused, _ = counter.ask(asha, "POST", f"/applications/{application}/keys", {**KEY, **change})
    assert (status, refused["code"]) == (422, code)
    assert refused["errors"]


def test_an_application_changes_by_its_version(counter: Counter) -> None:
    asha = somebody()
    _, made, headers = counter.ask(
        asha, "POST", "/applications", {"name": "Desk", "contact": "ops@example.com"}
    )
    path = f"/applications/{made['id']}"
    assert (made["contact"], made["open"]) == ("ops@example.com", True)
    status, changed, _ = counter.ask(asha, "PATCH", path, {"active": False}, If_Match=headers["ETag"])
    assert (status, changed["open"]) == (200, False)
    assert counter.ask(asha, "PATCH", path, {"name": "New"}, If_Match=headers["ETag"])[0] == 412
    assert counter.ask(asha, "PATCH", path, {"name": "New"})[0] == 428
    assert counter.ask(asha, "POST", f"{path}/endpoints", ENDPOINT)[1]["code"] == "APPLICATION_CLOSED"
    assert counter.ask(asha, "GET", path)[1] == changed

    terms = {"tier": "partner", "suspended": True}
    assert counter.ask(asha, "PUT", f"{path}/terms", terms)[0] == 403
    status, decided, _ = counter.ask(ADMIN, "PUT", f"{path}/terms", terms)
    assert (status, decided["tier"], decided["suspended"], decided["contact"]) == (200, "partner", True, None)
    assert counter.ask(ADMIN, "PUT", f"{path}/terms", {"tier": "gold", "suspended": False})[0] == 422


def test_an_endpoint_shows_its_secret_once_and_changes_by_its_version(counter: Counter) -> None:
    asha = somebody()
    application = counter.application(asha)
    _, made, headers = counter.ask(asha, "POST", f"/applications/{application}/endpoints", ENDPOINT)
    path = f"/endpoints/{made['id']}"
    assert made["secret"].startswith("whsec_")
    assert "secret" not in counter.ask(asha, "GET", path)[1]
    status, rotated, tag = counter.ask(asha, "POST", f"{path}/secret", {"overlap_hours": 1})
    assert (status, rotated["secret"] != made["secret"]) == (200, True)
    assert rotated["previous_secret_until"] is not None
    assert counter.ask(asha, "PATCH", path, {"active": False}, If_Match=headers["ETag"])[0] == 412
    paused = counter.ask(asha, "PATCH", path, {"active": False}, If_Match=tag["ETag"])[1]
    assert (paused["active"], paused["disabled"]) == (False, "owner")
    assert counter.ask(asha, "POST", f"{path}/tests")[1]["code"] == "ENDPOINT_CLOSED"
    inside = {**ENDPOINT, "url": "https://169.254.169.254/"}
    status, refused, _ = counter.ask(asha, "POST", f"/applications/{application}/endpoints", inside)
    assert (status, refused["code"], refused["errors"][0]["pointer"]) == (422, "TARGET_REFUSED", "/url")
    assert counter.ask(asha, "DELETE", path)[0] == 204
    assert counter.ask(asha, "GET", path)[0] == 404


def test_a_test_message_is_sent_looked_at_and_sent_again(counter: Counter) -> None:
    asha = somebody()
    application = counter.application(asha)
    endpoint = counter.ask(asha, "POST", f"/applications/{application}/endpoints", ENDPOINT)[1]["id"]
    _, planned, _ = counter.ask(asha, "POST", f"/endpoints/{endpoint}/tests")
    counter.desk.deliver()
    _, found, _ = counter.ask(asha, "GET", f"/deliveries/{planned['delivery_id']}")
    assert (found["state"], found["type"], found["attempts"][0]["status"]) == (
        "delivered",
        "webhook.test",
        204,
    )
    _, page, _ = counter.ask(asha, "GET", f"/endpoints/{endpoint}/deliveries", query="limit=1")
    assert [one["id"] for one in page["items"]] == [found["id"]]

    again = {"delivery_id": found["id"]}
    assert counter.ask(asha, "POST", f"/endpoints/{endpoint}/replays", again)[1] == {"replayed": 1}
    counter.desk.deliver()
    since = {"failed_since": "2026-01-01T00:00:00Z"}
    assert counter.ask(asha, "POST", f"/endpoints/{endpoint}/replays", since)[1] == {"replayed": 0}
    for wrong in ({}, {**again, **since}, {"failed_since": "2026-01-01T00:00:00"}, {"delivery_id": "x"}):
        assert counter.ask(asha, "POST", f"/endpoints/{endpoint}/replays", wrong)[0] == 422
    assert counter.desk.logs.read(_owner(asha), found["id"])[0].tried == 2


def test_the_log_goes_on_where_its_cursor_says(counter: Counter) -> None:
    asha = somebody()
    application = counter.application(asha)
    endpoint = counter.ask(asha, "POST", f"/applications/{application}/endpoints", ENDPOINT)[1]["id"]
    for _ in range(5):
        counter.ask(asha, "POST", f"/endpoints/{endpoint}/tests")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = f"limit=2&state=pending{f'&cursor={cursor}' if cursor else ''}"
        _, page, _ = counter.ask(asha, "GET", f"/endpoints/{endpoint}/deliveries", query=query)
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5


def test_usage_is_of_a_period_of_at_most_a_month(counter: Counter) -> None:
    asha = somebody()
    application = counter.application(asha)
    path = f"/applications/{application}/usage"
    _, day, _ = counter.ask(asha, "GET", path)
    assert (day["requests"], day["hours"]) == (0, [])
    month = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"
    assert counter.ask(asha, "GET", path, query=month)[0] == 200
    for wrong in (
        "from=2026-11-01T00:00:00",
        "from=9999-12-31T00:00:00Z",
        "to=0001-01-01T00:00:00Z",
        f"{month[:-20]}2027-01-01T00:00:00Z",
        "from=x",
    ):
        assert counter.ask(asha, "GET", path, query=wrong)[0] == 422


def _owner(caller: Caller) -> Any:
    return caller.subject


@pytest.mark.parametrize("whose", ["another's", "absent"])
def test_what_is_not_ones_own_is_absent_on_every_route(counter: Counter, whose: str) -> None:
    asha, eve = somebody(), somebody()
    application = counter.application(asha)
    key = counter.ask(asha, "POST", f"/applications/{application}/keys", KEY)[1]["id"]
    endpoint = counter.ask(asha, "POST", f"/applications/{application}/endpoints", ENDPOINT)[1]["id"]
    delivery = counter.ask(asha, "POST", f"/endpoints/{endpoint}/tests")[1]["delivery_id"]
    name: Callable[[str], str] = (lambda real: real) if whose == "another's" else (lambda _: ids.uuid7())
    app, end = f"/applications/{name(application)}", f"/endpoints/{name(endpoint)}"
    held = {"If_Match": '"v1"'}
    asked: dict[str, tuple[str, str, Any, dict[str, str]]] = {
        "get_application": ("GET", app, None, {}),
        "change_application": ("PATCH", app, {"active": False}, held),
        "issue_key": ("POST", f"{app}/keys", {**KEY, "name": "mine"}, {}),
        "list_keys": ("GET", f"{app}/keys", None, {}),
        "rotate_key": ("POST", f"{app}/keys/{name(key)}/rotation", {}, {}),
        "revoke_key": ("DELETE", f"{app}/keys/{name(key)}", None, {}),
        "get_usage": ("GET", f"{app}/usage", None, {}),
        "register_endpoint": ("POST", f"{app}/endpoints", {**ENDPOINT, "url": "https://e.example.com/"}, {}),
        "list_endpoints": ("GET", f"{app}/endpoints", None, {}),
        "get_endpoint": ("GET", end, None, {}),
        "change_endpoint": ("PATCH", end, {"active": False}, held),
        "rotate_endpoint_secret": ("POST", f"{end}/secret", {}, {}),
        "remove_endpoint": ("DELETE", end, None, {}),
        "list_deliveries": ("GET", f"{end}/deliveries", None, {}),
        "get_delivery": ("GET", f"/deliveries/{name(delivery)}", None, {}),
        "test_endpoint": ("POST", f"{end}/tests", None, {}),
        "replay_deliveries": ("POST", f"{end}/replays", {"delivery_id": name(delivery)}, {}),
    }
    own = {"register_application", "list_applications", *BY_ROLE}
    assert asked.keys() | own == {one.id for one in api.routes}, "a route is missing from this matrix"
    before = str(counter.desk.stores.keys.of(_owner(asha), application))  # type: ignore[arg-type]  # an id

    for route, (method, path, body, headers) in asked.items():
        status, problem, _ = counter.ask(eve, method, path, body, **headers)
        assert (status, problem["status"]) == (404, 404), route
        assert not {asha.subject, "Desk"} & set(str(problem).split()), route
    assert counter.ask(eve, "GET", "/applications")[1] == {"items": []}
    assert str(counter.desk.stores.keys.of(_owner(asha), application)) == before  # type: ignore[arg-type]  # as above
    assert counter.ask(asha, "GET", f"/endpoints/{endpoint}")[1]["active"]
