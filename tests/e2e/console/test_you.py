"""The page of a person in a real browser: devices, verification, limits used."""

import pytest

from builders.browser import Page, text
from demo.kyc import apply, unused_pan
from demo.people import Client, access_token
from fixtures.platform import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_WITHIN_S = 60.0
_USER = "JSON.parse(sessionStorage.getItem('treum-demo-user')).user"


@pytest.fixture(scope="module")
def you(page: Page, played: RunningPlatform) -> Page:
    """Return the page of a new demo user."""
    page.open(f"{played.api}/you.html")
    page.evaluate("sessionStorage.clear()")
    page.open(f"{played.api}/you.html")
    page.click("#sign-in")
    page.until("document.querySelectorAll('#devices li').length > 0", _WITHIN_S)
    return page


@pytest.fixture(scope="module")
def elsewhere(you: Page, played: RunningPlatform) -> Client:
    """Return the same person on another device."""
    email, password = you.evaluate(f"[{_USER}.email, {_USER}.password]")
    return Client(played.api, access_token(played.api, email, password))


def _again(page: Page, played: RunningPlatform) -> None:
    page.open(f"{played.api}/you.html")
    page.until("document.querySelectorAll('#devices li').length > 0", _WITHIN_S)


def test_another_device_is_signed_out_and_no_longer_comes_in(
    you: Page, elsewhere: Client, played: RunningPlatform
) -> None:
    _again(you, played)
    assert elsewhere.get("/api/v1/users/me")["email"] in you.evaluate(text("proof"))
    you.until("document.querySelectorAll('#devices li').length === 2", _WITHIN_S)
    you.click("#devices button")
    you.until("document.querySelectorAll('#devices li').length === 1", _WITHIN_S)
    assert "this one" in you.evaluate(text("devices"))
    with pytest.raises(Exception, match="401"):
        elsewhere.get("/api/v1/users/me")


def test_limits_say_what_was_used(you: Page) -> None:
    you.until("document.querySelector('[data-limit=plan] progress')?.value > 0", _WITHIN_S)
    assert "of 10,000" in you.evaluate(text("limits"))


def test_verification_shows_where_it_stands(you: Page, played: RunningPlatform) -> None:
    assert "not verified" in you.evaluate(text("kyc-state"))
    assert "this machine vouches for you as standard" in you.evaluate(text("kyc"))
    assert "₹0.00, ₹5,00,000.00 left" in you.evaluate(text("kyc"))
    email, password = you.evaluate(f"[{_USER}.email, {_USER}.password]")
    apply(Client(played.api, access_token(played.api, email, password)), unused_pan("ABC"), "Asha Rao", email)
    _again(you, played)
    you.until(f"{text('kyc')}.includes('verified')", 3 * _WITHIN_S)
    you.until(f"{text('kyc')}.includes('up to ₹50,000.00')", _WITHIN_S)
    assert "₹0.00, ₹50,000.00 left" in you.evaluate(text("kyc"))
    assert you.complaints == []
