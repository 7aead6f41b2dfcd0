"""The page of figures as a browser shows it: a demo auditor sees how fresh they are, and a range draws."""

import pytest

from builders.browser import Page
from fixtures.platform import RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.browser]


@pytest.fixture
def figures(page: Page, played: RunningPlatform) -> Page:
    page.open(f"{played.api}/analytics.html")
    page.until("!!document.getElementById('sign-in')")
    page.click("#sign-in")
    page.until("!document.getElementById('who').hidden && !document.getElementById('go').disabled", 60)
    return page


def test_an_auditor_sees_months_and_how_fresh_they_are(figures: Page) -> None:
    assert figures.until("document.querySelectorAll('#mrr-rows tr').length") == 12
    assert figures.until("document.getElementById('fresh').dataset.state === 'live'", 90)
    assert "facts" in figures.evaluate("document.getElementById('fresh').textContent")
    assert figures.evaluate("document.getElementById('signals-notice').textContent").startswith(
        "NOT VERIFIED"
    )
    assert figures.complaints == []
