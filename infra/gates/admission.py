"""Who may use an operation, as the OpenAPI document says it: in words, and as security requirements."""

from typing import Any

from kit.http import Access


def told(needed: Access) -> str:
    """Return who may use it, in words; empty for everybody and for anybody signed in."""
    parts = []
    if needed.roles:
        parts.append(f"the role {' or '.join(needed.roles)}")
    if needed.plan != "free":
        parts.append(f"the plan {needed.plan} or larger")
    if needed.step_up_s:
        parts.append(f"a step-up of level {needed.step_up_level} within the last {needed.step_up_s} s")
    parts_told = [f"Needs {', '.join(parts)}."] if parts else []
    if needed.scope:
        parts_told.append(f"Open to API keys with the scope `{needed.scope}`.")
    return " ".join(parts_told)


def security(needed: Access) -> list[dict[str, Any]]:
    """Return the credentials of which any one is asked for; none on a public route."""
    if needed.public:
        return []
    return [{"bearer": []}, {"key": []}] if needed.scope else [{"bearer": []}]
