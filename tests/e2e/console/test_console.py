"""The live console in a real browser: a stranger signs in, sees prices and signals, and verifies a proof."""

import pytest

from builders.browser import Page
from fixtures.platform import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_SIGNALS = "document.querySelectorAll('#signals li').length > 0"
_VERDICT = "document.querySelector('#proof-verdict').className.replace('verdict', '').trim()"
_LEGEND = "document.getElementById('legend').textContent"
_BACKGROUND = "getComputedStyle(document.body).backgroundColor"
_PANES = "parseInt(document.getElementById('plot').style.minHeight)"
_UNNAMED = """[...document.querySelectorAll('button, a, canvas, input, select, [role=tab]')].filter((one) =>
    !one.hidden && !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.length)
).map((one) => one.outerHTML)"""


@pytest.fixture(scope="module")
def console(page: Page, played: RunningPlatform) -> Page:
    """Return the console, signed in as a demo user."""
    page.size(1440, 960)
    page.open(f"{played.api}/")
    page.click("#sign-in")
    page.until("document.getElementById('link').dataset.state === 'live'", 60)
    page.until(_SIGNALS, 60)
    return page


def test_signals_and_prices_arrive(console: Page) -> None:
    """The list fills, the price is a number, the chart tells what it shows."""
    console.until("Number(document.getElementById('price').textContent) > 0", 60)
    label = console.evaluate("document.getElementById('chart').getAttribute('aria-label')")
    assert "candles, last close" in label


def test_prices_move_by_themselves(console: Page) -> None:
    """The tape plays: without a click the last candle becomes another."""
    console.evaluate(
        "[...document.querySelectorAll('#symbols button')].find((one) => one.textContent === 'AAPL').click()"
    )
    before = console.until(f"{_LEGEND}.startsWith('AAPL') && {_LEGEND}", 60)
    console.until(f"{_LEGEND} !== {before!r}", 60)


def test_indicators_are_drawn_tuned_and_taken_off(console: Page) -> None:
    """One on the prices shows its value in the legend, one below makes the chart taller; both can go."""
    console.until("!document.getElementById('choose-indicators').disabled")
    tall = console.evaluate(_PANES)
    console.click("#choose-indicators")
    for words, name in (("bollinger", "Bollinger Bands"), ("macd", "Moving Average Convergence/Divergence")):
        console.evaluate(f"document.getElementById('indicator-search').value = '{words}'")
        console.evaluate("document.getElementById('indicator-search').dispatchEvent(new Event('input'))")
        console.click(f"[aria-label='Add {name}']")
    console.evaluate("document.getElementById('indicators').close()")
    console.until(f"/BBANDS 20 2 2 \\d/.test({_LEGEND})", 30)
    assert console.evaluate(_PANES) > tall
    console.click("[aria-label='Remove BBANDS 20 2 2']")
    console.click("[aria-label='Remove MACD 12 26 9']")
    console.until(f"!{_LEGEND}.includes('BBANDS') && {_PANES} === {tall}")


def test_a_chart_is_read_candle_by_candle_with_the_keys(console: Page) -> None:
    """The arrow keys move the crosshair; a screen reader is told open, high, low, close and indicators."""
    voice = "document.getElementById('voice').textContent"
    keys = "['ArrowLeft', 'ArrowLeft', 'ArrowLeft'].forEach((key) => "
    told = (
        "document.getElementById('chart').dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})))"
    )
    console.evaluate("document.getElementById('chart').focus()")
    console.evaluate(keys + told)
    said = console.until(voice)
    assert all(word in said for word in ("open", "high", "low", "close", "EMA 12"))
    console.evaluate(keys + told)
    console.until(f"{voice} !== {said!r}")
    console.evaluate("document.getElementById('chart').blur()")


def test_a_signal_is_shown_where_it_was_and_the_chart_comes_back(console: Page) -> None:
    """The oldest signal of the list is looked at; Home goes to the oldest candle, a button to the newest."""
    console.evaluate("[...document.querySelectorAll('#signals li')].at(-1).querySelector('button').click()")
    chosen = "document.querySelector('#signals li.chosen b')?.textContent"
    console.until(f"{chosen} && {_LEGEND}.startsWith({chosen})")
    home = "new KeyboardEvent('keydown', {key: 'Home', bubbles: true})"
    console.until(
        f"document.getElementById('chart').dispatchEvent({home}), !document.getElementById('back').hidden"
    )
    console.click("#back")
    console.until("document.getElementById('back').hidden")


def test_the_list_shows_what_was_asked_for(console: Page) -> None:
    """By instrument and state, asked of the API: no other is shown, and all of them come back."""
    pick = "(id, value) => { document.getElementById(id).value = value; document.getElementById(id).dispatchEvent(new Event('change')); }"
    whole = console.evaluate("document.querySelectorAll('#signals li').length")
    console.evaluate(f"({pick})('by-symbol', 'MSFT'), ({pick})('by-status', 'stopped')")
    shown = "[...document.querySelectorAll('#signals li')].map((one) => one.querySelector('b').textContent + one.querySelector('.state').firstChild.textContent)"
    console.until(f"{shown}.every((one) => one === 'MSFTstopped')")
    console.evaluate(f"({pick})('by-symbol', ''), ({pick})('by-status', '')")
    console.until(f"document.querySelectorAll('#signals li').length >= {whole}")


def test_a_proof_is_verified_in_the_browser(console: Page) -> None:
    """Every check of an honest proof passes."""
    console.click(".prove")
    assert console.until(_VERDICT) == "good"
    assert "5 checks passed" in console.evaluate("document.getElementById('proof-verdict').textContent")
    console.evaluate("document.getElementById('proof').close()")


@pytest.mark.parametrize("spoiled", ["payload", "nonce", "hash", "committed_at"])
def test_a_proof_that_was_touched_is_refused(console: Page, spoiled: str) -> None:
    """One character of the promise, the nonce or the hash, or a promise made after the fact."""
    change = {
        "payload": "proof.payload = proof.payload.replace('\"confidence\":', '\"confidence\":1')",
        "nonce": "proof.nonce = '0'.repeat(64)",
        "hash": "proof.hash = 'f'.repeat(64)",
        "committed_at": "proof.committed_at = '2099-01-01T00:00:00Z'",
    }[spoiled]
    failed = console.evaluate(f"""(async () => {{
        const {{ check }} = await import('/proof.js');
        const {{ Session }} = await import('/session.js');
        const session = await Session.demo();
        const signal = (await session.get('/signals?limit=1')).items[0];
        const proof = await session.get(`/signals/${{signal.id}}/proof`);
        {change};
        return (await check(proof, signal)).filter((step) => step.good === false).length;
    }})()""")
    assert failed >= 1


def test_the_platform_is_shown(console: Page) -> None:
    """Stores, functions and topics are there; the API's latency is that of the API."""
    console.until("document.querySelectorAll('#stores li:not(.off)').length >= 3", 30)
    console.until("document.querySelectorAll('#functions tr').length > 5", 30)
    console.until("document.querySelectorAll('#topics tr').length > 2", 30)
    figures = "Object.fromEntries([...document.querySelectorAll('#figures div')].map((one) => [...one.children].map((each) => each.textContent)))"
    assert float(console.evaluate(figures)["API p50 ms"]) > 0


def test_it_is_dark_and_light_narrow_and_wide_and_everything_has_a_name(console: Page) -> None:
    """The theme changes the page, a phone needs no sideways scrolling, controls are named."""
    before = console.evaluate(_BACKGROUND)
    console.click("#theme")
    assert console.evaluate(_BACKGROUND) != before
    console.click("#theme")
    assert console.fits_a_phone()
    assert console.evaluate(_UNNAMED) == []


def test_the_reference_is_shown_at_docs(console: Page, played: RunningPlatform) -> None:
    """Swagger UI renders every operation of the document."""
    console.open(f"{played.api}/docs")
    console.until("document.querySelectorAll('.opblock').length > 20", 30)


def test_the_page_has_nothing_to_complain_about(console: Page) -> None:
    """No error in the console, no refused load, no breach of the content security policy."""
    assert console.complaints == []
