"""The backtest page in a real browser: an order, its progress, its finding, and an order that is refused."""

import pytest

from builders.browser import Page
from fixtures.platform import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_SHOWN = "!document.getElementById('links').hidden"


@pytest.fixture(scope="module")
def bench(page: Page, played: RunningPlatform) -> Page:
    """Return the page of backtests, signed in, its form filled with what is recorded."""
    page.size(1440, 960)
    page.open(f"{played.api}/backtests.html")
    page.evaluate("document.getElementById('sign-in').hidden || document.getElementById('sign-in').click()")
    page.until("!document.getElementById('fields').disabled", 60)
    page.until("document.querySelector('[name=first]').value", 30)
    return page


def test_a_backtest_is_ordered_and_its_finding_shown(bench: Page) -> None:
    """Figures, caveats, both curves, months; links to the report that open."""
    bench.click("#run")
    bench.until("document.getElementById('mine').children.length === 1", 30)
    bench.until(_SHOWN, 90)
    counts = "['#headline div', '#caveats li', '#figures div', '#months tr'].map((one) => document.querySelectorAll(one).length)"
    headline, caveats, figures, months = bench.evaluate(counts)
    assert (headline, figures) == (6, 16)
    assert caveats >= 2
    assert months >= 1
    assert bench.evaluate(
        "[...document.querySelectorAll('svg.curve:not(.bars)')].every((one) => one.querySelector('.line'))"
    )
    assert bench.evaluate("document.getElementById('results').querySelector('svg') !== null")
    assert "reports/backtests/" in bench.evaluate("document.getElementById('link-pdf').href")


def test_the_finding_is_there_after_coming_back(bench: Page, played: RunningPlatform) -> None:
    """Another page and back: the demo user stays signed in and the newest backtest is shown."""
    bench.open(f"{played.api}/record.html")
    bench.open(f"{played.api}/backtests.html")
    bench.until(_SHOWN, 60)
    assert bench.evaluate("document.getElementById('sign-in').hidden")


def test_a_refused_order_says_why_beside_the_form(bench: Page) -> None:
    """More combinations than may be tried: the API's own sentence, and nothing is listed."""
    bench.provoked.append(r"status of 4\d\d \(.+\) \S+/backtests$")
    before = bench.evaluate("document.getElementById('mine').children.length")
    for name in ("stop", "targets"):
        bench.evaluate(f"document.querySelector('[name=try_{name}]').value = '1 2 3 4 5 6 7 8 9'")
    bench.click("#run")
    assert "combinations" in bench.until("document.getElementById('refused').textContent", 30)
    assert bench.evaluate("document.getElementById('mine').children.length") == before


def test_the_backtest_page_fits_a_phone_and_does_not_complain(bench: Page) -> None:
    """No sideways scrolling, no error, no refused load, no breach of the content security policy."""
    assert bench.fits_a_phone()
    assert bench.complaints == []
