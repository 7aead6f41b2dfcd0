"""What an applicant does next, as codes a client can show in its own words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from kyc.model.application import Application
from kyc.model.document import Document
from kyc.model.tier import DocumentKind, Standing, TierRule

Todo = Literal[
    "apply",
    "apply_later",
    "give_details",
    "upload_pan_card",
    "upload_photo",
    "upload_address_proof",
    "upload_income_proof",
    "submit",
    "wait",
    "await_appointment",
    "attend_video",
    "redo",
    "nothing",
]
_UPLOADS: dict[DocumentKind, Todo] = {
    "pan_card": "upload_pan_card",
    "photo": "upload_photo",
    "address_proof": "upload_address_proof",
    "income_proof": "upload_income_proof",
}


def missing(documents: Iterable[Document], rule: TierRule) -> tuple[DocumentKind, ...]:
    """Return the kinds of document that are neither kept nor offered since the last refusal."""
    there = {one.kind for one in documents if one.state in {"offered", "kept"}}
    return tuple(kind for kind in rule.documents if kind not in there)


def todo(application: Application, documents: Iterable[Document], rule: TierRule) -> tuple[Todo, ...]:
    """Return what is asked of the applicant of an open application, in order."""
    if application.state in {"draft", "returned"}:
        wanted: list[Todo] = [] if application.described_enough else ["give_details"]
        wanted += [_UPLOADS[kind] for kind in missing(documents, rule)]
        return tuple(wanted) or ("submit",)
    if application.state == "video_wanted":
        return ("attend_video",) if application.appointment else ("await_appointment",)
    return ("wait",)


def todo_without(standing: Standing, now: datetime, ahead: timedelta) -> tuple[Todo, ...]:
    """Return what is asked of somebody without an open application; ``ahead``: a redo may begin so early."""
    if standing.at(now) == "none":
        return ("redo",) if standing.valid_until is not None else ("apply",)
    assert standing.valid_until is not None, "every tier ends"
    return ("redo",) if now >= standing.valid_until - ahead else ("nothing",)
