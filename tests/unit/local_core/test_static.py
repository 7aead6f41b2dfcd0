"""Pages as the gateway serves them: by file, and at the paths that letters and hosted pages name."""

from pathlib import Path

import pytest

from kit.pages import home
from local.gateway.messages import HttpRequest
from local.gateway.static import Static

_ROOT = Path(__file__).parents[3]


def _served(path: str) -> bytes | None:
    found = Static(_ROOT).find(HttpRequest("GET", path))
    return found.body if found else None


@pytest.mark.parametrize("page", ["account", "keys", "privacy"])
def test_a_letter_leads_to_a_page(page: str) -> None:
    """At the path without the end of a file's name, the page itself."""
    assert _served(f"/{page}") == (_ROOT / "infra" / "console" / f"{page}.html").read_bytes()
    assert _served(f"/{page}") == _served(f"/{page}.html")


@pytest.mark.parametrize(
    "path", ["/you", "/accounts", "/account/", "/account/../account", "/privacy/exports"]
)
def test_nothing_else_is_a_page(path: str) -> None:
    """The API and pages that nobody was written of are not answered here."""
    assert _served(path) is None


def test_the_first_origin_is_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters lead to the first of the origins whose pages may read our answers."""
    home.cache_clear()
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://treum.example, https://other.example")
    assert home() == "https://treum.example"
    home.cache_clear()
