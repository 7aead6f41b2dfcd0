"""The page of privacy in a real browser: what is held, a copy of it, and an end that is taken back."""

import io
import urllib.request
import zipfile

import pytest

from builders.browser import Page, text
from fixtures.platform import RunningPlatform
from privacy.model.export import DOMAINS

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_WITHIN_S = 60.0
_PACKED_S = 180.0


@pytest.fixture(scope="module")
def privacy(page: Page, played: RunningPlatform) -> Page:
    """Return the page of a new demo user, where a letter leads."""
    page.provoked.append(r"403 [^/]*/\S+/privacy/(exports|erasures)$")  # a step-up comes first
    page.size(1440, 960)
    page.open(f"{played.api}/privacy")
    page.evaluate("sessionStorage.clear()")
    page.open(f"{played.api}/privacy")
    page.click("#sign-in")
    page.until("!document.getElementById('export-ask').closest('.signed-in').hidden", _WITHIN_S)
    page.until(f"{text('export-state')}.includes('not asked')", _WITHIN_S)
    return page


def test_what_is_held_is_told_before_anything_is_asked_for(privacy: Page) -> None:
    assert privacy.evaluate("document.querySelectorAll('#held li').length") == len({*DOMAINS, "audit"})
    assert "not asked" in privacy.evaluate(text("export-state"))
    assert "not asked" in privacy.evaluate(text("erasure-state"))


def test_a_copy_is_asked_for_after_a_step_up_and_fetched_when_it_is_ready(privacy: Page) -> None:
    privacy.click("#export-ask")
    privacy.until("document.getElementById('ask').open", _WITHIN_S)
    privacy.click("#ask-else")
    privacy.until("document.getElementById('ask-words').value.length === 6", _WITHIN_S)
    privacy.click("#ask-go")
    privacy.until(f"{text('export-state')} === 'It is ready.'", _PACKED_S)
    privacy.evaluate("window.open = () => (window.tab = { location: null })")  # the test fetches it instead
    privacy.click("#export-fetch")
    address = privacy.until("window.tab?.location", _WITHIN_S)
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own loopback port
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert {f"{domain}.json" for domain in DOMAINS} < set(archive.namelist())


def test_an_erasure_waits_for_48_hours_and_is_taken_back(privacy: Page) -> None:
    privacy.click("#erasure-ask")
    privacy.until("document.getElementById('ask').open", _WITHIN_S)
    privacy.evaluate("document.getElementById('ask-words').value = 'yes'")
    privacy.click("#ask-go")
    assert privacy.evaluate("document.getElementById('ask').open"), "a word that is not the one asked for"
    privacy.evaluate("document.getElementById('ask-words').value = 'ERASE'")
    privacy.click("#ask-go")
    privacy.until(f"{text('erasure-state')}.startsWith('It waits')", _WITHIN_S)
    assert "Happens at" in privacy.evaluate(text("erasure-facts"))
    privacy.click("#erasure-cancel")
    privacy.until(f"{text('erasure-state')}.startsWith('You took it back')", _WITHIN_S)


def test_the_page_fits_a_phone_and_has_nothing_to_complain_about(privacy: Page) -> None:
    assert privacy.fits_a_phone()
    assert privacy.complaints == []
