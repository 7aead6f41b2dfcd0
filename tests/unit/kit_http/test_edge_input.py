"""What comes in through the HTTP edge: bodies, queries, paths; sound ones reach the handler, others do not."""

import base64
import json
from typing import Any

import pytest

from builders.proxy import ask, event
from builders.things import API, ID, USER, post


def test_a_valid_body_reaches_the_handler_and_its_model_is_the_answer() -> None:
    """Decimals leave as strings, the status is the route's."""
    status, body, headers = ask(API, post('{"name": "a", "amount": 3}'))
    assert (status, body) == (201, {"name": "a", "amount": 3, "price": "10.50"})
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        ("", 400, "MALFORMED"),
        ("{", 400, "MALFORMED"),
        ('{"name": "\\ud800", "amount": 1}', 400, "MALFORMED"),
        ('{"name": "\ud800", "amount": 1}', 400, "MALFORMED"),
        ('{"name": "a\\u0000", "amount": 1}', 400, "BAD_TEXT"),
        ('{"name": "a\\\\\\u0000", "amount": 1}', 400, "BAD_TEXT"),
        ("[" * 40 + "]" * 40, 413, "TOO_LARGE"),
        ('{"name": "a", "amount": ' + "9" * 70_000 + "}", 413, "TOO_LARGE"),
        ('{"name": "a"}', 422, "INVALID"),
        ('{"name": "a", "amount": 1, "more": 1}', 422, "INVALID"),
        ('{"name": "a", "amount": 1e400}', 422, "INVALID"),
        ('{"name": "' + "a" * 10_001 + '", "amount": 1}', 422, "INVALID"),
        ("null", 422, "INVALID"),
    ],
)
def test_a_bad_body_gets_a_problem_document(raw: str, status: int, code: str) -> None:
    """Unreadable is 400, too much is 413, wrong values are 422."""
    got, body, headers = ask(API, post(raw))
    assert (got, body["code"], body["status"]) == (status, code, status)
    assert headers["Content-Type"] == "application/problem+json"


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    """What only looks like NUL is text."""
    status, body, _ = ask(API, post('{"name": "a\\\\u0000", "amount": 1}'))
    assert (status, body["name"]) == (201, "a\\u0000")


def test_brackets_inside_texts_do_not_count_as_depth() -> None:
    """Only structure nests."""
    status, _, _ = ask(API, post(json.dumps({"name": '"[{' * 60, "amount": 1})))
    assert status == 201


def test_a_wrong_content_type_is_415() -> None:
    """Only JSON in UTF-8 is read, under any of its names."""
    body = '{"name": "a", "amount": 1}'
    for kind in ("text/plain", "", "application/json; charset=latin-1", "application/jsonp"):
        assert ask(API, post(body, headers={"Content-Type": kind}))[0] == 415
    for kind in ("application/json; charset=UTF-8", "application/merge-patch+json"):
        assert ask(API, post(body, headers={"Content-Type": kind}))[0] == 201


def test_a_base64_body_is_decoded_and_a_false_one_refused() -> None:
    """API Gateway may pass any body as base64."""
    sound = post("")
    sound.update(
        body=base64.b64encode(b'{"name": "a", "amount": 1}').decode(),
        isBase64Encoded=True,
        headers={"Content-Type": "application/json"},
    )
    assert ask(API, sound)[0] == 201
    for bad in ("!!!", base64.b64encode(b"\xff\xfe").decode()):
        assert ask(API, {**sound, "body": bad})[0] == 400


def test_every_wrong_value_is_named_by_a_json_pointer() -> None:
    """The client can mend all of them at once."""
    _, body, _ = ask(API, post('{"amount": "x", "a/b": 1}'))
    assert {(one["pointer"], one["code"]) for one in body["errors"]} == {
        ("/name", "MISSING"),
        ("/amount", "INT_PARSING"),
        ("/a~1b", "EXTRA_FORBIDDEN"),
    }


def test_the_query_is_parsed_and_unknown_names_are_refused() -> None:
    """Lists take one value or several; a route without a query model takes none."""

    def listing(query: dict[str, list[str]]) -> tuple[int, Any]:
        status, body, _ = ask(API, event("GET", "/api/v1/things", query=query))
        return status, body

    assert listing({"limit": ["5"], "tags": ["a", "b"]}) == (200, {"limit": 5, "tags": ["a", "b"]})
    assert listing({"tags": ["a"]}) == (200, {"limit": 20, "tags": ["a"]})
    status, body = listing({"limit": ["101"]})
    assert (status, body["errors"][0]["pointer"]) == (422, "?limit")
    assert listing({"limit": ["5", "6"]})[0] == 422
    assert listing({"other": ["1"]})[0] == 422
    assert listing({"cursor": ["a\x00"]})[0] == 400
    assert listing({"cursor": ["\ud800"]})[0] == 400
    assert ask(API, event("GET", "/api/v1/admin", query={"x": ["1"]}, caller=USER))[0] == 403
    assert ask(API, event("GET", "/api/v1/versioned", query={"x": ["1"]}))[0] == 422


@pytest.mark.parametrize("bad", ["1", "x" * 36, ID + "\n", "\x00", "\ud800", "a" * 300, "../../etc"])
def test_what_cannot_be_an_id_is_absent(bad: str) -> None:
    """The same answer as for somebody else's."""
    status, body, _ = ask(API, event("GET", "/api/v1/things/{id}", path={"id": bad}, caller=USER))
    assert (status, body["code"]) == (404, "NOT_FOUND")


def test_an_unknown_address_is_404_and_well_known_ones_stand_at_the_root() -> None:
    """Nothing but the table is served."""
    assert ask(API, event("GET", "/api/v1/nothing"))[1]["code"] == "NO_SUCH_ROUTE"
    assert ask(API, event("GET", "/.well-known/keys.json"))[0] == 200
