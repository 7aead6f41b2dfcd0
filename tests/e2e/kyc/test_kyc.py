"""The whole platform: somebody is verified by rule, somebody else by two people, and payments hears of both."""

import time
from base64 import b64decode
from functools import partial

import pytest
import requests

from builders.kyc_people import AADHAAR, JPEG, Person
from demo.kyc import unused_pan
from fixtures.platform import RunningPlatform
from local.stores.base import until

pytestmark = pytest.mark.platform


def quoted(person: Person) -> str:
    asked = {"sku": "enterprise-monthly", "state": "KA"}
    return str(person.send("POST", "/quotes", asked).json()["kyc"])


def is_quoted(person: Person, kyc: str) -> bool:
    time.sleep(0.5)  # a gentle poll: quotes are counted
    return quoted(person) == kyc


def has_letter(platform: RunningPlatform, person: Person, subject: str) -> bool:
    found = requests.get(f"{platform.controls}/mailbox?to={person.email}", timeout=30).json()
    return subject in {one["subject"] for one in found["messages"]}


def test_somebody_is_verified_by_rule(platform: RunningPlatform) -> None:
    asha = Person(platform)
    assert quoted(asha) == "local_grant", "the laptop vouches for whom KYC knows nothing of"
    asha.apply(unused_pan("ABC"), "Asha Rao")
    assert until(partial(asha.is_so, "approved"), 180), asha.read("/kyc")
    shown = asha.read("/kyc")
    assert (shown["tier"], shown["limit"], shown["todo"]) == ("basic", 5_000_000, ["nothing"])
    assert until(partial(is_quoted, asha, "verified"), 60), "payments heard of it"
    assert until(partial(has_letter, platform, asha, "Your identity is verified"), 30)
    refused = asha.send("POST", "/kyc/applications", {"tier": "basic"})
    assert refused.json()["code"] == "KYC_ALREADY_VERIFIED"


def test_somebody_is_verified_by_two_people(platform: RunningPlatform) -> None:
    vikram = Person(platform)
    one = vikram.apply(unused_pan("XYZ"), "Minister Vikram")
    maker, checker = Person(platform, "compliance"), Person(platform, "compliance")
    assert until(partial(vikram.is_so, "in_review"), 180), vikram.read("/kyc")
    path = f"/kyc/applications/{one}"
    assert one in {each["id"] for each in maker.read("/kyc/applications?limit=100")["items"]}

    reason = {"reason": "Reviewing this application"}
    dossier = maker.act("POST", f"{path}/dossier", reason)
    assert (dossier["details"]["name"], dossier["details"]["aadhaar_last4"]) == (
        "Minister Vikram",
        AADHAAR[-4:],
    )
    document = dossier["documents"][0]["id"]
    assert b64decode(maker.act("POST", f"{path}/documents/{document}/content", reason)["content"]) == JPEG

    version = maker.read(path)["version"]
    version = maker.act("POST", f"{path}/take", None, version)["version"]
    proposal = {"outcome": "approve", "reason": "Of another country, no reason against it"}
    version = maker.act("POST", f"{path}/proposal", proposal, version)["version"]
    check = {"agree": True, "reason": "So it is"}
    refused = maker.act("POST", f"{path}/check", check, version, status=403)
    assert refused["code"] == "KYC_SECOND_PERSON_REQUIRED"
    assert checker.act("POST", f"{path}/check", check, version)["state"] == "approved"
    assert until(partial(is_quoted, vikram, "verified"), 60)
    history = checker.read(f"{path}/decisions")["items"]
    assert [each["kind"] for each in history] == ["rule", "maker", "checker"]


def test_nothing_lies_open_and_no_policy_is_too_narrow(platform: RunningPlatform) -> None:
    denied = requests.get(f"{platform.controls}/policy", timeout=30).json()["denied"]
    assert [each for each in denied if "kyc" in each["role"]] == []
