"""Where our pages are: what letters and hosted pages lead people to (ADR 260)."""

from dataclasses import dataclass
from functools import cache

from kit import settings


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The first of ``ALLOWED_ORIGINS`` is the web portal; a laptop's console stands in for it."""

    allowed_origins: tuple[str, ...] = ("https://app.example",)


@cache
def home() -> str:
    """Return the origin of the pages, without a slash at its end."""
    return settings.load(PageSettings).allowed_origins[0]
