"""The console's files as they are served: nothing remote, nothing inline, every reference there, modules small."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from payments.model.places import NAMES
from privacy.model import notice

_ROOT = Path(__file__).parents[3]
_CONSOLE = _ROOT / "infra" / "console"
_PAGES = sorted(_CONSOLE.glob("*.html"))
_MODULES = sorted([*_CONSOLE.rglob("*.js"), *(_ROOT / "clients" / "javascript").glob("*.js")])
_SHEETS = sorted(_CONSOLE.glob("*.css"))
_LONGEST = 250
_REMOTE = re.compile(r"""["'(`](?:https?:|wss?:)?//[a-z0-9]""")
_ORDER = [
    "/",
    "/backtests.html",
    "/record.html",
    "/analytics.html",
    "/money.html",
    "/audit.html",
    "/you.html",
    "/account.html",
    "/keys.html",
    "/privacy.html",
]
_RISKY = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bFunction\(|postMessage|__proto__"
)
_IN_PART = {("returned.html", "frame.js"), ("record.html", "frame.js"), ("record.html", "signals.js")}
"""Pages that load a module for a part of it, which looks for nothing."""
_NAMESPACE = "http://www.w3.org/2000/svg"


def _wrong(page: str) -> list[str]:
    """Return what a page must not have: a remote address, inline script or style, a lax policy."""
    found = [] if "default-src 'none'" in page else ["no strict policy"]
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    found += ["inline script" for traits, text in scripts if text.strip() or "src=" not in traits]
    found += ["inline style" for _ in re.findall(r"<style|\sstyle=", page)]
    found += ["inline handler" for _ in re.findall(r"\son[a-z]+=", page)]
    return found + ["remote address" for _ in _REMOTE.findall(page)]


def _led_to(page: str) -> list[str]:
    """Return the addresses of the pages in the order a page names them first."""
    return list(dict.fromkeys(one for one in re.findall(r'<a href="(/[^"]*)"', page) if one in _ORDER))


def _served(reference: str) -> Path:
    """Return the file that the gateway serves for an absolute path."""
    path = reference.split("?", maxsplit=1)[0].lstrip("/") or "index.html"
    return _ROOT / path if path.startswith("clients/") else _CONSOLE / path


def _modules_of(page: str) -> list[Path]:
    """Return the modules that a page loads, and those they load."""
    found: list[Path] = []
    waiting = re.findall(r'<script type="module" src="([^"]+)"', page)
    while waiting:
        module = _served(waiting.pop())
        if module not in found and module.is_relative_to(_CONSOLE):
            found.append(module)
            waiting += re.findall(r'^(?:import|export) .*from "(/[^"]+)"', module.read_text(), re.MULTILINE)
    return found


@pytest.mark.parametrize("page", _PAGES, ids=lambda one: one.name)
def test_a_page_is_strict_and_whole(page: Path) -> None:
    """Its policy is closed, nothing is inline or remote, what it names is there, and it leads to every other."""
    text = page.read_text()
    assert _wrong(text) == []
    named = [one for one in re.findall(r'(?:href|src)="(/[^"]*)"', text) if not one.startswith("/docs")]
    assert [one for one in named if not _served(one).is_file()] == []
    assert _led_to(text) == _ORDER


@pytest.mark.parametrize(
    "spoiled",
    [
        "<script>alert(1)</script>",
        '<p style="color: red">',
        '<button onclick="go()">',
        '<script src="https://cdn.example/x.js"></script>',
        "<style>p { color: red }</style>",
    ],
)
def test_what_a_page_must_not_have_is_found(spoiled: str) -> None:
    """Each of them once, in an otherwise strict page."""
    assert _wrong(f"default-src 'none' {spoiled}")
    assert _wrong("") == ["no strict policy"]


@pytest.mark.parametrize("module", _MODULES, ids=lambda one: one.name)
def test_a_module_is_small_and_imports_what_is_there(module: Path) -> None:
    """At most 250 lines; imports name files of ours; no address elsewhere; no markup or code from text."""
    text = module.read_text()
    assert len(text.splitlines()) <= _LONGEST
    assert _REMOTE.findall(text.replace(_NAMESPACE, "")) == []
    assert not _RISKY.search(text)
    for named in re.findall(r'^(?:import|export) .*from "([^"]+)"', text, re.MULTILINE):
        path = module.parent / named if named.startswith(".") else _served(named)
        assert path.is_file(), named


@pytest.mark.parametrize("page", _PAGES, ids=lambda one: one.name)
def test_what_modules_look_for_by_id_is_on_their_page(page: Path) -> None:
    """Each id is in the page or made by a module, once; so is each that a label or a heading is named by."""
    text = page.read_text()
    modules = _modules_of(text)
    ids = re.findall(r'\sid="([^"]+)"', text) + [
        one for module in modules for one in re.findall(r'\bid: "([^"]+)"', module.read_text())
    ]
    named = re.findall(r'\s(?:for|aria-labelledby)="([^"]+)"', text)
    sought = [
        one
        for module in modules
        if (page.name, module.name) not in _IN_PART
        for one in re.findall(r'\$\("([^"]+)"\)', module.read_text())
    ]
    assert [one for one in ids if ids.count(one) > 1] == []
    assert sorted({*named, *sought} - {*ids}) == []


@pytest.mark.parametrize("sheet", _SHEETS, ids=lambda one: one.name)
def test_a_style_sheet_loads_nothing(sheet: Path) -> None:
    """No import, no url."""
    assert not re.search(r"@import|url\(", sheet.read_text())


def test_dark_and_light_name_the_same_colours() -> None:
    """A colour of one theme that the other lacks would be seen in the wrong theme."""
    text = (_CONSOLE / "style.css").read_text()
    dark, light = (
        set(re.findall(r"--[a-z0-9-]+(?=:)", one))
        for one in re.findall(r":root[^{]*\{(.*?)\}", text, re.DOTALL)
    )
    assert dark == light


def test_the_states_of_a_profile_are_the_domains() -> None:
    """Letters and names, each once."""
    text = (_CONSOLE / "states.js").read_text()
    assert dict(re.findall(r'([A-Z]{2}): "([^"]+)"', text)) == NAMES


def test_what_privacy_says_before_it_is_asked_is_the_domains() -> None:
    """Each part with what goes and what stays, and who else holds something."""
    text = (_CONSOLE / "privacy-words.js").read_text()
    plan, shared = (re.search(rf"{name} = (\[.*?\n\]);", text, re.DOTALL) for name in ("PLAN", "SHARED"))
    assert plan
    assert shared
    quoted = re.sub(r"(?<=[{ ])(domain|erased|kept|why):", r'"\1":', plan[1])
    assert _json(quoted) == [asdict(line) for line in notice.LINES]
    assert _json(shared[1]) == [list(one) for one in notice.SHARED_WITH]


def _json(array: str) -> Any:
    """Read a literal of JavaScript whose names are quoted: its last commas go."""
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", array))
