"""The audit chain in a real browser: proved there, forged there, and in agreement with the offline verifier."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from builders.browser import Page
from fixtures.platform import RunningPlatform
from treum_audit import Wrong, verify
from treum_audit.reading import head_of, keys_of

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_WITHIN_S = 120.0  # a head is signed each minute
_PROVED = "document.getElementById('proof-verdict').className.replace('verdict', '').trim()"
_SESSION = """const { Session } = await import('/session.js');
    const auditor = await Session.demo('auditor');"""
Documents = list[dict[str, Any]]


@pytest.fixture(scope="module")
def audit(page: Page, played: RunningPlatform) -> Page:
    """Return the page of the audit chain with the newest entry of a chain proved."""
    page.size(1440, 960)
    page.open(f"{played.api}/audit.html")
    page.evaluate("localStorage.removeItem('treum-audit-head')")
    page.click("#sign-in")
    page.until("!document.getElementById('who').hidden", 60)
    page.until("document.querySelectorAll('#blocks button[data-index]').length > 0", _WITHIN_S)
    page.until(_PROVED, _WITHIN_S)
    return page


@pytest.fixture(scope="module")
def export(audit: Page) -> tuple[str, dict[str, Any]]:
    """Return an export of the chain of signals, and the answer of /audit/keys."""
    text, keys = audit.evaluate(f"""(async () => {{ {_SESSION}
        const chain = document.getElementById('chain').value.split('/');
        const answer = await auditor.send('GET', `/audit/export?topic=${{chain[0]}}&partition=${{chain[1]}}&limit=20`);
        return [await answer.text(), await auditor.get('/audit/keys')];
    }})()""")
    return text, keys


def test_an_entry_is_proved_in_the_browser_up_to_the_signature(audit: Page) -> None:
    assert audit.evaluate(_PROVED) == "good"
    assert audit.evaluate("document.querySelectorAll('#proof-steps li.good').length") >= 5
    assert audit.evaluate("document.querySelectorAll('#blocks [aria-pressed=\"true\"]').length") == 1
    assert audit.evaluate("localStorage.getItem('treum-audit-head')")


@pytest.mark.parametrize(
    ("what", "step"),
    [
        ("value", 1),
        ("content", 2),
        ("hash", 3),
        ("leaf", 4),
        ("root", 5),
        ("signature", 5),
        ("key", 6),
        ("path", 4),
        ("previous", 2),
    ],
)
def test_each_further_cover_up_breaks_at_the_next_step(audit: Page, what: str, step: int) -> None:
    audit.evaluate(f"document.getElementById('spoil-what').value = {what!r}")
    audit.click("#spoil")
    audit.until(f"{_PROVED} === 'bad'")
    assert audit.evaluate("document.getElementById('proof-verdict').textContent") == (
        f"✗ It breaks at step {step}"
    )
    audit.click("#restore")
    audit.until(f"{_PROVED} === 'good'")


def test_the_whole_store_is_checked_in_the_browser(audit: Page) -> None:
    audit.click("#check-all")
    verdict = "document.getElementById('all-verdict')"
    audit.until(f"/good|bad/.test({verdict}.className)", 180)
    assert audit.evaluate(f"{verdict}.className") == "verdict good", audit.evaluate(f"{verdict}.textContent")


def test_the_browser_and_the_offline_verifier_come_to_the_same(
    audit: Page, export: tuple[str, dict[str, Any]]
) -> None:
    text, keys = export
    ours = verify([_lines(text)], keys=keys_of(keys)).sections[0]
    theirs = _in_browser(audit, text, keys)
    assert theirs["last"] == ours.last
    assert theirs["hash"] == ours.hash.hex()
    assert theirs["head"]["root"] == ours.head.root.hex()


def _entry(change: Callable[[dict[str, Any]], object]) -> Callable[[Documents], object]:
    return lambda lines: change(lines[1])


_FLAWS: dict[str, Callable[[Documents], object]] = {
    "a changed event": _entry(lambda one: one.update(value={"text": "{}"})),
    "a changed content hash": _entry(lambda one: one.update(content="0" * 64)),
    "a changed key": _entry(lambda one: one.update(key={"text": "nobody"})),
    "a changed hash": _entry(lambda one: one.update(hash="f" * 64)),
    "a later time": _entry(lambda one: one.update(recorded_us=one["recorded_us"] + 1)),
    "another kind": _entry(lambda one: one.update(kind=3)),
    "a record without its event": _entry(lambda one: one.update(kind=2)),
    "half a hash": _entry(lambda one: one.update(content="ab")),
    "no hash": _entry(lambda one: one.pop("hash")),
    "a negative offset": _entry(lambda one: one.update(offset=-1)),
    "a value that is nothing": _entry(lambda one: one.update(value={"bytes": ""})),
    "an entry left out": lambda lines: lines.pop(1),
    "two entries exchanged": lambda lines: lines.insert(1, lines.pop(2)),
    "an end cut off": lambda lines: lines.pop(),
    "something after its end": lambda lines: lines.append({}),
    "another format": lambda lines: lines[0].update(format="treum-audit-export/2"),
    "another chain": lambda lines: lines[0].update(partition=lines[0]["partition"] + 1),
    "another installation": lambda lines: lines[0].update(origin="elsewhere"),
    "another beginning": lambda lines: lines[0].update(previous="1" * 64),
    "a leaf elsewhere": lambda lines: lines[-1].update(leaf=lines[-1]["leaf"] + 1),
    "no marks": lambda lines: lines[-1].update(marks=[]),
    "a changed mark": lambda lines: lines[-1]["marks"][0].update(length=10**6),
    "a longer way": lambda lines: lines[-1]["path"].append("0" * 64),
    "another root": lambda lines: lines[-1]["head"].update(root="0" * 64),
    "a changed signature": lambda lines: lines[-1]["head"].update(signature="0" * 128),
    "an unknown key": lambda lines: lines[-1]["head"].update(key_id="mine"),
    "another time of signing": lambda lines: lines[-1]["head"].update(at_us=1),
}


@pytest.mark.parametrize("flaw", _FLAWS)
def test_both_verifiers_say_the_same_of_a_flaw(
    audit: Page, export: tuple[str, dict[str, Any]], flaw: str
) -> None:
    text, keys = export
    documents = [json.loads(line) for line in _lines(text)]
    _FLAWS[flaw](documents)
    spoiled = "\n".join(json.dumps(one) for one in documents)
    with pytest.raises(Wrong) as found:
        verify([_lines(spoiled)], keys=keys_of(keys))
    assert _in_browser(audit, spoiled, keys) == {"wrong": str(found.value)}


def test_a_head_that_was_kept_is_held_against_the_tree_in_both(
    audit: Page, export: tuple[str, dict[str, Any]]
) -> None:
    text, keys = export
    kept = json.loads(_lines(text)[-1])["head"]
    assert _in_browser(audit, text, keys, kept)["head"]["size"] == kept["size"]
    for change in ({"root": "0" * 64}, {"size": kept["size"] + 1}, {"size": 1}, {"origin": "elsewhere"}):
        other = kept | change
        if other == kept:
            continue
        with pytest.raises(Wrong) as found:
            verify([_lines(text)], kept=head_of(other))
        assert _in_browser(audit, text, {"items": []}, other) == {"wrong": str(found.value)}


def _lines(text: str) -> list[str]:
    return [
        line for line in text.split("\n") if line
    ]  # not splitlines(): a text may hold other ends of lines


def _in_browser(page: Page, text: str, keys: dict[str, Any], kept: dict[str, Any] | None = None) -> Any:
    return page.evaluate(f"""(async () => {{
        const {{ verifyExport }} = await import('/clients/javascript/treum-audit.js');
        const keys = new Map({json.dumps(keys)}.items.map((one) => [one.key_id, one.public_key]));
        try {{ return await verifyExport({json.dumps(text)}, {{ keys, kept: {json.dumps(kept)} }}); }}
        catch (error) {{ return {{ wrong: error.message }}; }}
    }})()""")


def test_the_page_fits_a_phone_and_has_nothing_to_complain_about(audit: Page) -> None:
    assert audit.fits_a_phone()
    assert audit.complaints == []
