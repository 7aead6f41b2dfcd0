"""The page of keys in a real browser: an application, its keys, its requests by hour, its webhook endpoints."""

import time
from collections.abc import Iterator

import pytest

from builders.browser import Page, text
from demo.people import Client, RefusedError
from demo.receiver import Receiver, receiving
from fixtures.platform import RunningPlatform
from local.stores.base import until

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_WITHIN_S = 60.0


def _tick(page: Page, group: str, value: str) -> None:
    page.evaluate(f"document.querySelector('#{group} [value=\"{value}\"]').checked = true")


def _press(page: Page, within: str, words: str) -> None:
    """Press the button with ``words`` in what the selector ``within`` finds."""
    found = f"[...document.querySelectorAll('{within} button')].find((one) => one.textContent === {words!r})"
    page.until(f"!!{found}", _WITHIN_S)
    page.evaluate(f"{found}.click()")


def _read_once(page: Page) -> str:
    """Return what is shown once, and say that it is kept: then it is gone from the page and was never stored."""
    page.until("document.getElementById('once').open", _WITHIN_S)
    shown: str = page.evaluate(text("once-value"))
    page.click("#once-done")
    page.until(f"{text('once-value')} === ''", _WITHIN_S)
    assert shown not in page.evaluate("document.documentElement.outerHTML")
    assert shown not in page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    return shown


def _opens(platform: RunningPlatform, key: str) -> bool:
    try:
        Client(platform.api, key).get("/api/v1/signals")
    except RefusedError:
        return False
    return True


@pytest.fixture(scope="module")
def keys(page: Page, played: RunningPlatform) -> Page:
    """Return the page of a new demo user with one application."""
    page.provoked += [
        r"403 [^/]*/\S+/keys$",  # a step-up comes first
        r"422 [^/]*/\S+/keys$",  # an entry of the allow-list that is no network
    ]
    page.size(1440, 960)
    page.open(f"{played.api}/keys.html")
    page.evaluate("sessionStorage.clear()")
    page.open(f"{played.api}/keys.html")
    page.click("#sign-in")
    page.until("!document.getElementById('applications-empty').hidden", _WITHIN_S)
    page.fill(register_name="Desk")
    page.click("#register [type=submit]")
    page.until("document.querySelectorAll('[data-application]').length === 1", _WITHIN_S)
    return page


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _wish(page: Page, networks: str) -> None:
    page.fill(issue_name="main", issue_networks=networks)
    _tick(page, "issue-scopes", "signals:read")
    page.click("#issue [type=submit]")


def test_a_key_is_made_after_a_step_up_shown_once_rotated_and_ended(
    keys: Page, played: RunningPlatform
) -> None:
    keys.fill(issue_name="main")
    keys.click("#issue [type=submit]")
    keys.until(f"{text('trouble')}.includes('Choose what the key may read')", _WITHIN_S)
    _wish(keys, "not a network")
    keys.until("document.getElementById('ask').open", _WITHIN_S)
    keys.click("#ask-else")
    keys.until("document.getElementById('ask-words').value.length === 6", _WITHIN_S)
    keys.click("#ask-go")
    keys.until(f"{text('trouble')}.includes('network')", _WITHIN_S)
    _wish(keys, "127.0.0.0/8\n::1/128")
    key = _read_once(keys)
    assert key.startswith("tk_")
    keys.until(f"{text('issued')}.includes('from 127.0.0.0/8, ::1/128')", _WITHIN_S)
    assert _opens(played, key)

    _press(keys, "#issued", "Rotate…")
    keys.until("document.getElementById('ask').open", _WITHIN_S)
    assert keys.evaluate("document.getElementById('ask-words').value") == "24"
    keys.click("#ask-go")
    successor = _read_once(keys)
    keys.until("document.querySelectorAll('#issued li').length === 2", _WITHIN_S)
    assert "has a successor" in keys.evaluate(text("issued"))
    assert (_opens(played, key), _opens(played, successor)) == (True, True)
    _press(keys, "#issued li:last-child", "End")
    keys.until(f"{text('issued')}.includes('ended')", _WITHIN_S)
    assert (_opens(played, key), _opens(played, successor)) == (False, True)


def test_an_endpoint_is_told_again_and_disabled_when_it_is_gone(keys: Page, receiver: Receiver) -> None:
    keys.fill(hook_url=receiver.url)
    _tick(keys, "hook-types", "signal.recalled")  # nobody recalls one: only what is asked for here comes
    keys.click("#hook [type=submit]")
    assert _read_once(keys).startswith("whsec_")
    _press(keys, "#hooks", "Send a test")
    keys.until(f"{text('deliveries')}.includes('delivered')", _WITHIN_S)
    _press(keys, "#deliveries", "Send again")
    assert until(lambda: len(receiver.ids) > 1, _WITHIN_S)
    assert len(set(receiver.ids)) == 1
    keys.until(f"/delivered.*2 tries/.test({text('deliveries')})", _WITHIN_S)
    keys.click("#deliveries summary")
    keys.until(
        f"{text('deliveries')}.includes('webhook.test') && {text('deliveries')}.includes('answered 204, ')",
        _WITHIN_S,
    )

    _press(keys, "#hooks", "New secret…")
    keys.until("document.getElementById('ask').open", _WITHIN_S)
    keys.click("#ask-go")
    assert _read_once(keys).startswith("whsec_")
    keys.until(f"{text('hooks')}.includes('signed with two secrets')", _WITHIN_S)

    receiver.status = 410
    _press(keys, "#hooks", "Send a test")
    keys.until(f"{text('hooks')}.includes('410 Gone')", _WITHIN_S)
    keys.until(f"{text('deliveries')}.includes('failed')", _WITHIN_S)
    receiver.status = 204
    _press(keys, "#hooks", "Enable")
    _press(keys, "#hooks", "Send again what failed")
    keys.until(f"!{text('deliveries')}.includes('failed')", _WITHIN_S)


def test_requests_are_drawn_by_hour(keys: Page, played: RunningPlatform) -> None:
    played.fire("KeepUsage")  # usage is kept each minute, and webhooks do not bear a clock far ahead

    def counted() -> bool:
        keys.click("[data-application]")
        time.sleep(1)  # a gentle poll: the page asks again for each click
        return bool(keys.evaluate(f"{text('usage-told')}.startsWith('4 requests')"))

    assert until(counted, 2 * _WITHIN_S), keys.evaluate(text("usage-told"))
    drawn = keys.evaluate("document.querySelector('#usage svg').getAttribute('aria-label')")
    assert drawn.startswith("Requests by hour of the day: ")
    assert "none" not in drawn


def test_an_application_is_disabled_and_enabled(keys: Page) -> None:
    keys.click("#application-switch")
    keys.until(f"{text('application-state')}.includes('disabled')", _WITHIN_S)
    keys.click("#application-switch")
    keys.until(f"{text('application-state')}.includes('open')", _WITHIN_S)


def test_the_page_fits_a_phone_and_has_nothing_to_complain_about(keys: Page) -> None:
    assert keys.fits_a_phone()
    assert keys.complaints == []
