"""The page of money in a real browser: choose, pay on the hosted page, have it, give it back; and the books behind."""

import pytest

from builders.browser import Page, text
from builders.stripe_gateway import click
from fixtures.platform import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_WITHIN_S = 90.0
_DECLINED, _PAID = "4000000000000002", "4242424242424242"


def _shown(selector: str) -> str:
    return f"!!document.querySelector({selector!r})"


@pytest.fixture(scope="module")
def money(page: Page, played: RunningPlatform) -> Page:
    """Return the page of a demo user who has not bought anything."""
    # nobody filled it in yet, neither this person nor whom an earlier test left signed in
    page.provoked.append(r"404 \(Not Found\) \S+/billing/profile$")
    page.size(1440, 960)
    page.open(f"{played.api}/money.html")
    page.evaluate("sessionStorage.clear()")
    page.open(f"{played.api}/money.html")
    page.click("#sign-in")
    page.until("!document.getElementById('profile-fields').disabled", _WITHIN_S)
    page.evaluate("window.open = () => null")  # the hosted page is clicked by the test instead
    return page


def test_a_choice_is_quoted_with_its_taxes(money: Page) -> None:
    money.click("[data-sku='course-first-trades']")
    money.until("document.querySelectorAll('#bill .total').length === 2", _WITHIN_S)
    assert "₹1,499.00" in money.evaluate(text("bill"))
    assert "GST" in money.evaluate(text("bill"))
    assert money.evaluate(text("profile-state")) == "kept"


def test_a_decline_is_told_and_another_card_pays(money: Page) -> None:
    money.click("#buy")
    money.until(_shown("#opened a"), _WITHIN_S)
    address = money.evaluate("document.querySelector('#opened a').href")
    assert click(address, number=_DECLINED)[0] == 402
    money.until(_shown("#payments .tag.bad"), _WITHIN_S)
    assert "declined" in money.evaluate(text("payments"))
    assert click(address, number=_PAID)[0] == 303
    money.until(_shown("#payments .tag.good"), _WITHIN_S)
    money.until(f"{text('have')}.includes('First trades')", _WITHIN_S)


def test_an_invoice_follows_with_its_pdf(money: Page) -> None:
    money.until(_shown("#papers button"), _WITHIN_S)
    assert "Invoice" in money.evaluate(text("papers"))


def test_a_subscription_is_begun_ended_with_its_period_and_gone_on_with(money: Page) -> None:
    money.evaluate("document.getElementById('opened').textContent = ''")
    money.click("[data-sku='premium-monthly']")
    money.until(f"{text('quote-name')}.startsWith('Premium')", _WITHIN_S)
    money.click("#buy")
    money.until(_shown("#opened a"), _WITHIN_S)
    assert click(money.evaluate("document.querySelector('#opened a').href"), number=_PAID)[0] == 303
    for told in ("in its trial", "ends with its period", "in its trial"):
        money.until(f"{text('subscriptions')}.includes({told!r})", _WITHIN_S)
        if told == "in its trial":
            assert "End it" in money.evaluate("document.querySelector('#subscriptions button').textContent")
        money.click("#subscriptions button")


def test_a_large_sum_asks_for_a_code_before_its_page_opens(money: Page) -> None:
    money.evaluate("document.getElementById('opened').textContent = ''")
    money.evaluate("document.getElementById('top-up').value = '6000'")
    money.click("#fill")
    money.until(f"{text('quote-notes')}.includes('a code first')", _WITHIN_S)
    money.click("#buy")
    money.until("document.getElementById('ask').open", _WITHIN_S)
    money.click("#ask-else")
    money.until("document.getElementById('ask-words').value.length === 6", _WITHIN_S)
    money.click("#ask-go")
    money.until(_shown("#opened a"), _WITHIN_S)


def test_a_refund_is_asked_for_decided_by_support_and_drawn_to_its_end(money: Page) -> None:
    money.click("[data-refund]")
    money.until("document.getElementById('ask').open", _WITHIN_S)
    money.evaluate("document.getElementById('ask-words').value = 'Too early for me'")
    money.click("#ask-go")
    money.until(_shown("[data-saga]"), _WITHIN_S)
    money.click("#staff")
    money.until("!document.getElementById('decide').hidden", _WITHIN_S)
    graph = "document.querySelector('#saga svg').getAttribute('aria-label')"
    assert "asked for: done, approved: next, hold in the books: to do" in money.evaluate(graph)
    money.click("#approve")
    money.until(f"{graph}.endsWith('mail: done')", _WITHIN_S)
    assert "to do" not in money.evaluate(graph)
    money.until(f"{text('papers')}.includes('Credit note')", _WITHIN_S)
    money.until(f"{text('have')}.includes('none')", _WITHIN_S)


def test_the_books_balance_and_equal_the_gateways(money: Page) -> None:
    money.until(f"{text('balance')} === '0 paise' && {text('equal')} === '0 paise'", _WITHIN_S)
    money.click("#trial button")
    money.until("document.getElementById('statement').open", _WITHIN_S)
    assert money.evaluate("document.querySelectorAll('#statement-rows tr').length") >= 1
    money.evaluate("document.getElementById('statement').close()")


def test_a_saga_that_turned_back_is_drawn_with_its_way_back(money: Page) -> None:
    drawn = money.evaluate("""(async () => {
        const { nodesOf } = await import('/saga.js');
        const step = (name, state) => ({ step: name, state, at: null });
        const refund = { status: 'reversing', requested_at: null, decided_by: 'x', decided_at: null, steps: [
            step('hold', 'done'), step('revoke', 'done'), step('pay', 'failed'), step('settle', 'skipped'), step('release', 'done'), step('restore', 'next'), step('tell', 'to_do')] };
        const { forward, back } = nodesOf(refund);
        const declined = nodesOf({ ...refund, status: 'declined' }).forward;
        return [forward.map((one) => one.state), back.map((one) => one.step), declined[1].state, declined[2].state];
    })()""")
    assert drawn == [
        ["done", "done", "done", "done", "failed", "skipped"],
        ["release", "restore", "tell"],
        "failed",
        "skipped",
    ]


def test_the_page_fits_a_phone_and_has_nothing_to_complain_about(money: Page) -> None:
    assert money.fits_a_phone()
    assert money.complaints == []


def test_the_hosted_page_leads_back_to_a_page(money: Page, played: RunningPlatform) -> None:
    for path, words in (
        ("payments/0198c5a0-0000-7000-8000-000000000000?paid=1", "Thank you"),
        ("plans", "Nothing was paid"),
    ):
        money.open(f"{played.api}/{path}")
        assert money.until(f"{text('title')} === {words!r}")
