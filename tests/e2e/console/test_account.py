"""The page of an account in a real browser: password, addresses, app, identities, consents, and the way back in."""

import re
import time

import pyotp
import pytest

from builders.browser import Page, text
from demo.people import Client, access_token
from fixtures.platform import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_WITHIN_S = 60.0
_USER = "JSON.parse(sessionStorage.getItem('treum-demo-user')).user"
_NEW, _NEWEST = "amber kettle walks 41", "violet anchor hums 52"
_STEP_S = 30


def _submit(page: Page, form: str) -> None:
    page.click(f"#{form} [type=submit]")


def _told(page: Page, identity: str, words: str) -> None:
    page.until(f"{text(identity)}.includes({words!r})", _WITHIN_S)


def _prove(page: Page) -> None:
    """Answer the question whether it is you from the mailbox."""
    page.until("document.getElementById('ask').open", _WITHIN_S)
    page.click("#ask-else")
    page.until("document.getElementById('ask-words').value.length === 6", _WITHIN_S)
    page.click("#ask-go")


def _codes(page: Page) -> None:
    """Read the codes of both addresses from the mailbox."""
    page.until("!document.getElementById('confirm').hidden", _WITHIN_S)
    page.click("#confirm-mailbox")
    both = "['code-new', 'code-old'].every((id) => document.getElementById(id).value.length === 6)"
    page.until(both, _WITHIN_S)


def _letters(platform: RunningPlatform, to: str) -> list[str]:
    found = Client(platform.api).get(f"/_local/mailbox?to={to}")["messages"]
    return [str(one["text"]) for one in found]


def _signed_in(page: Page) -> None:
    page.until(
        "!document.getElementById('change').hidden && !!document.querySelector('#consents li')", _WITHIN_S
    )


def _anew(page: Page, platform: RunningPlatform) -> str:
    """Sign in a new demo user, to whom no code was sent yet; return the password."""
    page.open(f"{platform.api}/account.html")
    page.evaluate("sessionStorage.clear()")
    page.open(f"{platform.api}/account.html")
    page.click("#sign-in")
    _signed_in(page)
    return str(page.evaluate(f"{_USER}.password"))


@pytest.fixture(scope="module")
def account(page: Page, played: RunningPlatform) -> Page:
    """Return the page of a new demo user."""
    page.provoked += [
        r"422 [^/]*/\S+/auth/password/change$",  # a wrong password
        r"403 [^/]*/\S+/(users/me/email|auth/2fa/totp|auth/2fa/backup-codes)$",  # a step-up comes first
        r"401 [^/]*/\S+/auth/login$",  # the app is asked for
        r"(401|404) [^/]*/\S+/users/me/identities$",  # a forged token, or no provider here
        r"401 [^/]*/\S+/(users/me\S*|auth/2fa)$",  # read in a session that a new password, a stop or signing out ended
    ]
    page.size(1440, 960)
    _anew(page, played)
    return page


def test_a_consent_is_given_and_withdrawn_and_both_stay_in_the_ledger(account: Page) -> None:
    for told in ("agreed", "withdrawn"):
        account.click("#consents button")
        account.until(f"document.querySelector('#consents .tag').textContent === {told!r}", _WITHIN_S)
    account.until("document.querySelectorAll('#history li').length === 2", _WITHIN_S)
    first, second = account.evaluate(
        "[...document.querySelectorAll('#history li')].map((one) => one.textContent)"
    )
    assert first.startswith("withdrew")
    assert second.startswith("agreed to")
    assert "version" in second


def test_a_password_is_changed_by_the_one_before_and_kept_nowhere(
    account: Page, played: RunningPlatform
) -> None:
    email, old = account.evaluate(f"[{_USER}.email, {_USER}.password]")
    account.fill(password_old="not it at all 5", password_new=_NEW)
    _submit(account, "change")
    _told(account, "trouble", "current password is wrong")
    account.fill(password_old=old, password_new=_NEW)
    _submit(account, "change")
    _told(account, "password-told", "It is changed")
    assert account.evaluate(f"JSON.stringify({_USER})") == "{}"
    assert _NEW not in account.evaluate("JSON.stringify([sessionStorage, localStorage])")
    assert access_token(played.api, email, _NEW)


def test_an_address_is_changed_with_both_codes(account: Page) -> None:
    account.fill(new_email_value=(new := f"asha-{time.time_ns()}@example.com"))
    _submit(account, "new-email")
    _prove(account)
    _codes(account)
    _submit(account, "confirm")
    _told(account, "addresses-told", "It is changed")
    _told(account, "address-email", new)


def test_an_address_that_its_own_code_alone_confirms_waits_and_is_withdrawn(account: Page) -> None:
    phone = f"+919{time.time_ns() % 10**9:09}"
    account.fill(new_phone_value=phone)
    _submit(account, "new-phone")
    _codes(account)
    account.fill(code_old="")
    _submit(account, "confirm")
    account.until("document.querySelectorAll('#changes li').length === 1", _WITHIN_S)
    assert phone in account.evaluate(text("changes"))
    account.click("#changes button")
    account.until("document.querySelectorAll('#changes li').length === 0", _WITHIN_S)
    assert account.evaluate(text("address-phone")) == "none"


def _now(platform: RunningPlatform) -> int:
    return int(Client(platform.api).get("/_local/clock")["now"])


def _sign_out(page: Page) -> None:
    page.click("#sign-out")
    page.until("document.getElementById('change').hidden", _WITHIN_S)


def _answer(page: Page, code: str) -> None:
    """Answer the question for a code of the app, or a backup code."""
    page.until("document.getElementById('ask').open", _WITHIN_S)
    page.fill(ask_words=code)
    page.click("#ask-go")
    page.until("!document.getElementById('ask').open", _WITHIN_S)


def _read_once(page: Page) -> str:
    """Return what is shown once, and say that it is kept: then it is gone."""
    page.until("document.getElementById('once').open", _WITHIN_S)
    shown: str = page.evaluate(text("once-value"))
    page.click("#once-done")
    page.until(f"{text('once-value')} === ''", _WITHIN_S)
    return shown


def test_an_app_is_set_up_signs_in_and_is_removed(account: Page, played: RunningPlatform) -> None:
    password = _anew(account, played)
    account.click("#factor-begin")
    _prove(account)
    account.until("!document.getElementById('factor-form').hidden", _WITHIN_S)
    secret = account.evaluate(text("factor-secret")).replace(" ", "")
    assert account.evaluate("document.querySelector('#factor-link a').href").startswith("otpauth://totp/")
    app, begun = pyotp.TOTP(secret), _now(played)
    account.fill(factor_code=app.at(begun))
    _submit(account, "factor-form")
    backups = _read_once(account).split("\n")
    assert len(backups) == 10
    assert secret not in account.evaluate("document.documentElement.outerHTML.replaceAll(' ', '')")

    account.click("#factor-codes")
    _answer(account, app.at(begun + _STEP_S))  # each step of its time counts once
    fresh = _read_once(account).split("\n")
    assert not set(backups) & set(fresh)

    email = account.evaluate(text("address-email"))
    _sign_out(account)
    assert account.evaluate("sessionStorage.getItem('treum-demo-user')") is None
    account.fill(enter_address=email, enter_password=password)
    _submit(account, "enter")
    _answer(account, fresh[0])
    _signed_in(account)
    _told(account, "factor-facts", "codes left9")

    account.click("#factor-end")
    _answer(account, fresh[1])
    _told(account, "factor-facts", "none")


def test_an_identity_that_nobody_vouches_for_is_refused_in_words(account: Page) -> None:
    account.fill(link_token="aaaa.bbbb.cccc")
    _submit(account, "link")
    account.until("!document.getElementById('trouble').hidden", _WITHIN_S)
    assert "provider" in account.evaluate(text("trouble"))
    assert "None but your password" in account.evaluate(text("identities"))


def test_a_forgotten_password_is_set_anew_by_a_code_where_a_letter_leads(
    account: Page, played: RunningPlatform
) -> None:
    email = account.evaluate(text("address-email"))
    leading = [found for one in _letters(played, email) for found in re.findall(r"\S+/account#forgot", one)]
    assert leading[0].lstrip("(") == f"{played.api}/account#forgot"
    _sign_out(account)
    account.open(f"{played.api}/account#forgot")
    account.until("document.getElementById('forgot').open", _WITHIN_S)
    account.fill(forgot_address=email)
    _submit(account, "forget")
    account.until("!document.getElementById('reset').hidden", _WITHIN_S)
    account.click("#reset-mailbox")
    account.until("document.getElementById('reset-code').value.length === 6", _WITHIN_S)
    account.fill(reset_password=_NEWEST)
    _submit(account, "reset")
    _told(account, "forgot-told", "The new password is set")
    account.fill(enter_address=email, enter_password=_NEWEST)
    _submit(account, "enter")
    _signed_in(account)


def test_the_page_fits_a_phone_and_has_nothing_to_complain_about(account: Page) -> None:
    assert account.fits_a_phone()
    assert account.complaints == []


def test_a_change_that_somebody_else_asked_for_is_stopped_by_the_word_of_its_letter(
    account: Page, played: RunningPlatform
) -> None:
    account.fill(password_old=_anew(account, played), password_new=_NEW)
    _submit(account, "change")  # or the page would sign in again by the made-up one
    _told(account, "password-told", "It is changed")
    email = account.evaluate(text("address-email"))
    account.fill(new_email_value=f"mallory-{time.time_ns()}@example.com")
    _submit(account, "new-email")
    _prove(account)
    _codes(account)
    (word, *_) = [
        one[1] for text in _letters(played, email) if (one := re.search(r"with the word (\w+)", text))
    ]
    account.fill(stop_word=word)
    _submit(account, "stop-form")
    _told(account, "stop-told", "Stopped")
    account.until("document.getElementById('change').hidden", _WITHIN_S)
    assert account.evaluate("sessionStorage.getItem('treum-demo-user')") is None
    assert account.complaints == []
