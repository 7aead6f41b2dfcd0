"""Exports: whole or waiting, one at a time, one a day, and gone after a week."""

import io
import json
import zipfile
from hashlib import sha256

import pytest

from builders.privacy import NOW, PrivacyDesk, somebody
from kit import events
from kit.errors import Retryable
from privacy.errors import ErasureBegun, ExportNotFound, ExportOpen, ExportTooSoon
from privacy.model.export import DOMAINS


def test_an_export_waits_for_every_domain_and_holds_all_parts(desk: PrivacyDesk) -> None:
    one = desk.exporting.request(somebody())
    for domain in DOMAINS[1:]:
        desk.exporting.contributed(desk.contribution(one, domain))
        assert desk.upkeep() == 0
    assert desk.exporting.missing(desk.find_export(one)) == (DOMAINS[0],)
    assert desk.exporting.link(desk.find_export(one)) is None

    desk.exporting.contributed(desk.contribution(one, DOMAINS[0], "mine"))
    assert desk.upkeep() == 1
    ready = desk.find_export(one)
    assert (ready.state, ready.version) == ("ready", 2)
    raw = desk.archives.objects[f"exports/{one.id}/archive.zip"]
    assert (ready.sha256, ready.size) == (sha256(raw).hexdigest(), len(raw))
    assert str(desk.exporting.link(ready)).endswith("expires=300")
    assert desk.types(one.id) == ["privacy.export_requested", "privacy.export_ready"]

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        files = {f["name"]: f["sha256"] for told in manifest["domains"] for f in told["files"]}
        assert set(archive.namelist()) == {*files, "manifest.json"}
        assert all(sha256(archive.read(name)).hexdigest() == digest for name, digest in files.items())
        assert json.loads(archive.read(f"{DOMAINS[0]}.json"))["text"] == "mine"
    assert [told["domain"] for told in manifest["domains"]] == sorted(DOMAINS)
    assert (manifest["person"], len(manifest["shared_with"])) == (one.person, 3)


def test_a_part_told_twice_or_by_a_stranger_counts_once_or_not_at_all(desk: PrivacyDesk) -> None:
    one = desk.exporting.request(somebody())
    first = desk.contribution(one, "kyc")
    desk.exporting.contributed(first)
    desk.exporting.contributed(first)
    desk.exporting.contributed(desk.contribution(one, "nobody"))
    assert [part.domain for part in desk.exports.parts(one.id)] == ["kyc"]
    other = desk.contribution(one, "kyc")
    lost = events.new(other.data, subject=other.subject, version=1)
    desk.exporting.contributed(lost)
    assert len(desk.exports.parts(one.id)) == 1


def test_a_part_that_is_not_what_its_domain_told_is_never_packed(desk: PrivacyDesk) -> None:
    one = desk.exporting.request(somebody())
    for domain in DOMAINS:
        desk.exporting.contributed(desk.contribution(one, domain))
    desk.archives.write(one.id, "users", 1, b"{}")
    with pytest.raises(Retryable):
        desk.exporting.pack(one.id)
    assert desk.find_export(one).state == "collecting"


def test_one_is_made_at_a_time_and_one_a_day(desk: PrivacyDesk) -> None:
    person = somebody()
    one = desk.exporting.request(person)
    with pytest.raises(ExportOpen):
        desk.exporting.request(person)
    assert not desk.exports.open(one.__class__(somebody_id(), person, DOMAINS, NOW), [])  # type: ignore[arg-type]
    for domain in DOMAINS:
        desk.exporting.contributed(desk.contribution(one, domain))
    desk.upkeep()
    desk.clock.forward(hours=1)
    with pytest.raises(ExportTooSoon) as refused:
        desk.exporting.request(person)
    assert refused.value.retry_after_s == 23 * 3600 + 1
    desk.clock.forward(hours=23)
    assert desk.exporting.request(person).id != one.id
    assert desk.exporting.request(somebody()).state == "collecting"


def somebody_id() -> str:
    return somebody()


def test_an_export_is_its_owners_alone(desk: PrivacyDesk) -> None:
    one = desk.exporting.request(somebody())
    assert desk.exporting.find(one.id, one.person) == one
    with pytest.raises(ExportNotFound):
        desk.exporting.find(one.id, somebody())
    assert desk.exporting.newest(somebody()) is None


def test_a_late_export_says_whom_it_waits_for_and_goes_on_waiting(desk: PrivacyDesk) -> None:
    one = desk.exporting.request(somebody())
    for domain in DOMAINS[:-1]:
        desk.exporting.contributed(desk.contribution(one, domain))
    desk.clock.forward(minutes=59)
    assert desk.upkeep() == 0
    desk.clock.forward(minutes=1)
    assert desk.upkeep() == 1
    late = desk.find_export(one)
    assert (late.state, late.late_since, desk.exporting.missing(late)) == (
        "collecting",
        desk.clock.at,
        (DOMAINS[-1],),
    )
    desk.clock.forward(hours=5)
    assert desk.upkeep() == 1
    assert desk.find_export(one).late_since == late.late_since
    desk.exporting.contributed(desk.contribution(one, DOMAINS[-1]))
    desk.upkeep()
    assert desk.find_export(one).state == "ready"


def test_archive_and_parts_go_after_a_week(desk: PrivacyDesk) -> None:
    one = desk.ready(somebody())
    assert any(one.id in key for key in desk.archives.objects)
    desk.clock.forward(days=6, hours=23)
    desk.upkeep()
    assert desk.exporting.link(desk.find_export(one)) is not None
    desk.clock.forward(hours=1)
    assert desk.exporting.link(desk.find_export(one)) is None
    desk.upkeep()
    assert desk.find_export(one).state == "expired"
    assert not any(one.id in key for key in desk.archives.objects)
    desk.exporting.forget(one.id)
    desk.exporting.pack(one.id)
    desk.exporting.late(one.id)
    desk.exporting.contributed(desk.contribution(one, "kyc"))
    assert desk.find_export(one).state == "expired"


def test_nothing_is_exported_once_an_erasure_began(desk: PrivacyDesk) -> None:
    one = desk.begun(somebody())
    with pytest.raises(ErasureBegun):
        desk.exporting.request(one.person)
