"""The live console in a real browser: a stranger signs in, sees prices and signals, and verifies a proof."""

from collections.abc import Iterator

import pytest

from builders.browser import Page, chromium, opened
from fixtures.platform import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_SIGNALS = "document.querySelectorAll('#signals li').length > 0"
_VERDICT = "document.querySelector('#proof-verdict').className.replace('verdict', '').trim()"
_BACKGROUND = "getComputedStyle(document.body).backgroundColor"
_UNNAMED = """[...document.querySelectorAll('button, a, canvas, [role=tab]')].filter((one) =>
    !one.hidden && !(one.textContent.trim() || one.getAttribute('aria-label'))).map((one) => one.outerHTML)"""


@pytest.fixture(scope="module")
def page(platform: RunningPlatform) -> Iterator[Page]:
    """Return the console, signed in as a demo user."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine: install one to test the console")
    with opened(program) as found:
        found.size(1440, 960)
        found.open(f"{platform.api}/")
        found.click("#sign-in")
        found.until("document.getElementById('link').dataset.state === 'live'", 60)
        yield found


def test_signals_and_prices_arrive(page: Page) -> None:
    """The list fills, the price is a number, the chart tells what it shows."""
    page.until(_SIGNALS, 90)
    page.until("Number(document.getElementById('price').textContent) > 0", 60)
    label = page.evaluate("document.getElementById('chart').getAttribute('aria-label')")
    assert "candles, last close" in label


def test_prices_move_by_themselves(page: Page) -> None:
    """The tape plays: without a click the last candle becomes another."""
    legend = "document.getElementById('legend').textContent"
    before = page.until(legend, 60)
    page.until(f"{legend} !== {before!r}", 60)


def test_a_proof_is_verified_in_the_browser(page: Page) -> None:
    """Every check of an honest proof passes."""
    page.until(_SIGNALS, 90)
    page.click(".prove")
    assert page.until(_VERDICT) == "good"
    assert "5 checks passed" in page.evaluate("document.getElementById('proof-verdict').textContent")
    page.evaluate("document.getElementById('proof').close()")


@pytest.mark.parametrize("spoiled", ["payload", "nonce", "hash", "committed_at"])
def test_a_proof_that_was_touched_is_refused(page: Page, spoiled: str) -> None:
    """One character of the promise, the nonce or the hash, or a promise made after the fact."""
    change = {
        "payload": "proof.payload = proof.payload.replace('\"confidence\":', '\"confidence\":1')",
        "nonce": "proof.nonce = '0'.repeat(64)",
        "hash": "proof.hash = 'f'.repeat(64)",
        "committed_at": "proof.committed_at = '2099-01-01T00:00:00Z'",
    }[spoiled]
    failed = page.evaluate(f"""(async () => {{
        const {{ check }} = await import('/proof.js');
        const {{ Session }} = await import('/session.js');
        const session = await Session.demo();
        const signal = (await session.get('/signals?limit=1')).items[0];
        const proof = await session.get(`/signals/${{signal.id}}/proof`);
        {change};
        return (await check(proof, signal)).filter((step) => step.good === false).length;
    }})()""")
    assert failed >= 1


def test_the_platform_is_shown(page: Page) -> None:
    """Stores, functions and topics are there."""
    page.until("document.querySelectorAll('#stores li:not(.off)').length >= 3", 30)
    page.until("document.querySelectorAll('#functions tr').length > 5", 30)
    page.until("document.querySelectorAll('#topics tr').length > 2", 30)


def test_it_is_dark_and_light_narrow_and_wide_and_everything_has_a_name(page: Page) -> None:
    """The theme changes the page, a phone needs no sideways scrolling, controls are named."""
    before = page.evaluate(_BACKGROUND)
    page.click("#theme")
    assert page.evaluate(_BACKGROUND) != before
    page.click("#theme")
    page.size(390, 844)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.size(1440, 960)
    assert page.evaluate(_UNNAMED) == []


def test_the_reference_is_shown_at_docs(page: Page, platform: RunningPlatform) -> None:
    """Swagger UI renders every operation of the document."""
    page.open(f"{platform.api}/docs")
    page.until("document.querySelectorAll('.opblock').length > 20", 30)


def test_the_page_has_nothing_to_complain_about(page: Page) -> None:
    """No error in the console, no refused load, no breach of the content security policy."""
    assert page.complaints == []
