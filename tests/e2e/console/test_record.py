"""The public track record in a real browser: checked there without sign-in, and refused when it was touched."""

import json
from pathlib import Path

import pytest

from builders.browser import Page
from fixtures.platform import RunningPlatform
from treum_verify import verify_record

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_VERDICT = "document.getElementById('verdict').className.replace('verdict', '').trim()"
_CLIENT = Path(__file__).parents[3] / "clients" / "javascript"
_READ = """const { verifyRecord } = await import('/clients/javascript/treum-verify.js');
    const text = await (await fetch('/api/v1/commitments/treum-house/export?limit=1000')).text();
    const record = text.trim().split('\\n').map((line) => JSON.parse(line));"""


@pytest.fixture(scope="module")
def record(page: Page, played: RunningPlatform) -> Page:
    """Return the page of the track record, checked once."""
    page.size(1440, 960)
    page.open(f"{played.api}/record.html?analyst=treum-house")
    page.until(_VERDICT, 60)
    return page


def test_every_promise_is_checked_without_signing_in(record: Page) -> None:
    """The whole chain holds, every line of the checks says so, and the table has every promise."""
    assert record.evaluate(_VERDICT) == "good"
    assert record.evaluate("document.querySelectorAll('#checks li.bad').length") == 0
    assert record.evaluate("document.getElementById('sign-in')") is None
    assert record.evaluate("document.querySelectorAll('#promises tr').length") >= 2
    assert record.evaluate("document.querySelector('#promises td.up:last-child').textContent") == "✓"


def test_the_browser_and_the_offline_verifier_come_to_the_same(record: Page) -> None:
    """Numbers, head and win rate of one export, computed twice by independent programs."""
    browser = record.evaluate(f"""(async () => {{ {_READ}
        const {{ rate, findings, head, revealed }} = await verifyRecord(record);
        return {{ text, findings, head, revealed, won: rate.won, counted: rate.counted, interval: rate.interval, average: rate.averageR }};
    }})()""")
    lines = [json.loads(line) for line in browser["text"].splitlines()]
    head = (browser["head"]["number"], browser["head"]["link"])
    ours = verify_record(lines, head=head)
    rate = ours.rates["treum-house"]
    assert ours.findings == browser["findings"] == []
    assert (rate.won, rate.counted, ours.revealed) == (
        browser["won"],
        browser["counted"],
        browser["revealed"],
    )
    assert browser["interval"] == pytest.approx(rate.interval)
    assert browser["average"] == pytest.approx(rate.average_r)


@pytest.mark.parametrize("what", ["payload", "nonce", "hash", "late"])
def test_one_changed_byte_is_found_on_the_page(record: Page, what: str) -> None:
    """The button spoils the browser's copy: the verdict turns, the row is marked, and restoring heals it."""
    record.evaluate(f"document.getElementById('spoil-what').value = {what!r}")
    record.click("#spoil")
    record.until(f"{_VERDICT} === 'bad'")
    assert record.evaluate("document.querySelectorAll('#promises tr.bad').length") >= 1
    assert record.evaluate("document.querySelectorAll('#checks li.bad').length") >= 1
    record.click("#restore")
    record.until(f"{_VERDICT} === 'good'")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("record.splice(0, 1)", "missing"),
        ("record.push(record[0])", "twice"),
        ("record.at(-1).previous = 'f'.repeat(64)", "does not follow"),
        (
            "[record[0].committed_at, record[1].committed_at] = ['2031-01-01T00:00:00Z', '2030-01-01T00:00:00Z']",
            "before the number",
        ),
        ("record.find((one) => one.payload).nonce = 'zz'", "cannot be read"),
        ("record.find((one) => one.payload).payload = null", "not revealed"),
        ("delete record[0].hash", "lacks hash"),
        (
            "ended.status = 'target_hit'; ended.exit_price = JSON.parse(ended.payload).stop",
            "short of its target",
        ),
        (
            "ended.status = 'stopped'; ended.exit_price = JSON.parse(ended.payload).targets[0]",
            "better than its stop",
        ),
        ("ended.status = 'expired'; ended.closed_at = '1990-01-01T00:00:00Z'", "before its time"),
        ("ended.status = 'voided'", "is voided, and was published"),
        ("ended.live_from = JSON.parse(ended.payload).expires_at", "published after it had expired"),
        ("pinned.link = '0'.repeat(64)", "not the one written down"),
        ("pinned.number = 1e6", "is not in the record"),
    ],
)
def test_each_rule_of_the_verifier_is_broken_once(record: Page, change: str, words: str) -> None:
    """One change, and a finding that names it."""
    found = record.evaluate(f"""(async () => {{ {_READ}
        const pinned = (await verifyRecord(record)).head;
        const ended = record.find((one) => one.payload && one.status !== 'voided');
        {change};
        return (await verifyRecord(record, {{ pinned }})).findings.map((one) => one.what);
    }})()""")
    assert any(words in one for one in found), found


def test_no_figure_is_shown_before_somebody_asks_this_browser_to_compute_it(record: Page) -> None:
    """Performance that nobody verified is not published; who asks gets it, with its caveat."""
    shown = "document.getElementById('computed').checkVisibility()"
    assert not record.evaluate(shown)
    record.click("#compute")
    assert record.evaluate(shown)
    assert "%" in record.evaluate("document.getElementById('win-rate').textContent")
    assert "Not verified" in record.evaluate("document.getElementById('caveat').textContent")


def test_a_promise_opens_with_its_bytes(record: Page) -> None:
    """Number, hash and text of one promise; no sideways scrolling on a phone."""
    record.click("#promises button")
    assert record.until("document.getElementById('one').open")
    assert "Promise" in record.evaluate("document.getElementById('one-title').textContent")
    record.evaluate("document.getElementById('one').close()")
    assert record.fits_a_phone()


def test_nobodys_record_is_said_to_be_empty(record: Page, played: RunningPlatform) -> None:
    """An analyst without promises gets a sentence, not a verdict."""
    record.provoked.append(r"404 \(Not Found\) \S+nobody-at-all")
    record.open(f"{played.api}/record.html?analyst=nobody-at-all")
    told = record.until("document.getElementById('trouble').textContent")
    assert "Nothing was promised by nobody-at-all" in told


def test_the_record_page_has_nothing_to_complain_about(record: Page) -> None:
    """No error in the console, no refused load, no breach of the content security policy."""
    assert record.complaints == []
