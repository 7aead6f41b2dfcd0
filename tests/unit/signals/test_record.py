"""The record: what each number became, revisions and voids among them, and what readers leave behind."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import treum_verify
from builders.record import HOUSE, Record
from builders.signals import CANDLE_AT, NOW, candle
from kit.ids import uuid7
from signals.adapters.memory.readers import MemoryFeedbackBook, MemorySubscriptionBook
from signals.errors import AnalystNotFound, FeedbackNotFound, SignalNotFound, SubscriptionsChanged
from signals.model.access import FREE, SUBSCRIBER, Access
from signals.model.people import Person
from signals.model.signal import SignalId
from signals.service.publication import Publication
from signals.service.readers import Choosing, Opinions
from signals.service.revising import Change
from treum_verify.outcome import Candle, Market

ANALYST = Person("analyst-1", frozenset({"analyst"}))
WHY = "The reason is long enough."


def revised() -> Record:
    """Return a record whose one signal got a tighter stop after a day, and was stopped there on the next."""
    made = Record()
    world = made.world
    world.signers.assign(HOUSE, ANALYST.user, by="admin", at=NOW)
    world.candles.save([candle(0, 99, 101)])
    live = world.published()
    world.take([candle(1, 97, 103)])
    world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("98.00")), ANALYST)
    assert [one.status for one in made.track.entries(HOUSE, 0, 9)] == ["live"]
    world.publication.commit(live.id)
    assert [one.status for one in made.track.entries(HOUSE, 0, 9)] == ["live", "approved"]
    assert made.track.entries(HOUSE, 1, 9)[0].published_at is None
    world.publication.publish(live.id)
    assert [one.revealed for one in made.track.entries(HOUSE, 0, 9)] == [False, False]
    world.take([candle(2, 97.5, 103)])
    return made


def market(*days: tuple[float, float]) -> Market:
    """Return daily candles of AAPL from the first after the promise, opening and closing in the middle."""
    made = [candle(number, low, high) for number, (low, high) in enumerate(days, 1)]
    tape = [Candle(one.closed_at, one.open, one.high, one.low, one.close) for one in made]
    return Market({("AAPL", "1d"): tape}, {})


def test_a_revision_is_a_number_of_its_own_and_decides_the_end_from_then_on() -> None:
    made = revised()

    first, second = made.export()

    assert [(one["number"], one["revision"], one["status"]) for one in (first, second)] == [
        (1, 0, "stopped"),
        (2, 1, "stopped"),
    ]
    assert second["live_from"] == candle(1, 97, 103).closed_at.isoformat().replace("+00:00", "Z")
    assert second["published_at"] is not None
    report = treum_verify.verify_record([first, second], market=market((97, 103), (97.5, 103)))
    assert (report.findings, report.walked) == ([], 1)
    assert (report.rates[HOUSE].ended, report.rates[HOUSE].results) == (1, (Decimal("-0.4"),))


def test_a_signal_that_went_live_after_its_own_stop_is_told() -> None:
    made = Record()
    made.live()
    made.world.take([candle(3, 109, 112)])
    (told,) = made.export()
    late = told | {"live_from": candle(2, 93, 98).closed_at.isoformat()}

    report = treum_verify.verify_record([late], market=market((97, 103), (93, 98), (109, 112)))

    assert (report.findings, report.missed, report.walked) == ([], 1, 1)


def test_without_its_revision_the_end_is_not_the_promised_one() -> None:
    first, second = revised().export()
    hidden = second | {"live_from": None}
    other = second | {"payload": second["payload"].replace(first["hash"], "0" * 64)}

    assert "better than its stop 95.00" in treum_verify.verify_record([first, hidden]).findings[0]
    found = treum_verify.verify_record([first, other]).findings
    assert any("revision 1 does not name the promise it revises" in one for one in found)


def test_a_revision_that_came_too_late_lapses_and_is_revealed() -> None:
    made = Record()
    world = made.world
    world.signers.assign(HOUSE, ANALYST.user, by="admin", at=NOW)
    world.candles.save([candle(0, 99, 101)])
    live = world.published()
    world.amending.revise(live.id, live.version, Change(WHY, stop=Decimal("98.00")), ANALYST)
    world.publication.commit(live.id)
    world.take([candle(1, 109, 112)])
    Publication.publish(world.publication, live.id)

    entries = made.track.entries(HOUSE, 0, 9)

    assert [one.status for one in entries] == ["target_hit", "lapsed"]
    assert [one.revealed for one in entries] == [True, True]
    assert (entries[1].live_from, entries[1].published_at) == (None, None)
    assert treum_verify.verify_record(made.export()).holds


def test_a_head_is_nobodys_before_the_first_promise() -> None:
    made = Record()

    with pytest.raises(AnalystNotFound):
        made.reading.head(HOUSE)
    with pytest.raises(SignalNotFound):
        made.reading.entry(SignalId(uuid7()))


def test_a_void_remembers_what_the_market_had_shown() -> None:
    made = Record()
    never = made.committed()
    made.world.candles.save([candle(1, 97, 103)])

    entry = made.voiding.void(never.id, "EXPIRED", by="person", note="too late")

    assert entry.void is not None
    assert entry.void.market_at == candle(1, 97, 103).closed_at
    proof = made.reading.entry(never.id)
    assert (proof.revealed, proof.entry.status, proof.entry.published_at) == (True, "voided", None)
    assert made.reading.head(HOUSE).number == 1


def test_a_reader_speaks_only_about_what_they_see() -> None:
    made = Record()
    live = made.world.published()
    opinions = Opinions(MemoryFeedbackBook(), made.reading, made.world.now)

    def give(access: Access, comment: str) -> None:
        opinions.give(access, live.id, by="a", action="followed", rating=None, comment=comment)

    with pytest.raises(SignalNotFound):
        give(FREE, "hello")
    with pytest.raises(FeedbackNotFound):
        opinions.own(SUBSCRIBER, live.id, "a")
    give(SUBSCRIBER, "hello")
    made.world.at += timedelta(hours=1)
    give(SUBSCRIBER, "hello")
    assert opinions.own(SUBSCRIBER, live.id, "a").given_at == NOW
    give(SUBSCRIBER, "goodbye")
    assert opinions.own(SUBSCRIBER, live.id, "a").given_at == made.world.at
    assert opinions.summary(SUBSCRIBER, live.id).comments == ("goodbye",)


def test_a_choice_is_sorted_told_and_emptied_once() -> None:
    book = MemorySubscriptionBook()
    choosing = Choosing(book, lambda: NOW)
    live = Record().world.published()

    made = choosing.choose("me", ["MSFT", "AAPL", "MSFT"], ["s-1"], 0)

    assert (made.symbols, made.strategies, made.version, made.changed_at) == (
        ("AAPL", "MSFT"),
        ("s-1",),
        1,
        NOW,
    )
    assert [(one.subject, one.version, one.data.symbols) for one in book.events] == [
        ("me", 1, ("AAPL", "MSFT"))
    ]
    with pytest.raises(SubscriptionsChanged):
        choosing.choose("me", [], [], 0)
    assert made.matches(live)
    assert not replace(made, symbols=()).matches(live)
    assert choosing.clear("me").version == choosing.clear("me").version == 2
    assert choosing.chosen("me").symbols == ()


def test_an_export_of_many_files_is_read_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from treum_verify.command import main  # noqa: PLC0415 - the one test of the command here

    made = revised()
    files = []
    for number, one in enumerate(made.export()):
        files.append(tmp_path / f"{number}.ndjson")
        files[-1].write_text(json.dumps(one) + "\n")
    head = made.reading.head(HOUSE)
    prices = tmp_path / "prices.csv"
    prices.write_text(
        "symbol,timeframe,closed_at,open,high,low,close\n"
        f"AAPL,1d,{(CANDLE_AT + timedelta(days=1)).isoformat()},100,103,97,100\n"
        f"AAPL,1d,{(CANDLE_AT + timedelta(days=2)).isoformat()},100,103,97.5,100\n"
    )
    names = [str(one) for one in files]

    assert (
        main([*names, "--head", f"{head.number}:{head.hash}", "--candles", str(prices), "--held", names[0]])
        == 0
    )
    told = capsys.readouterr().out
    assert "the record still holds the head you wrote down" in told
    assert "the proofs you kept say the same" in told
    assert "0 won of 1 settled (1 ended, 0 voided)" in told
    assert main([*names, "--head", f"{head.number}:{'0' * 64}"]) == 1
    assert main([names[1]]) == 0
    prices.write_text("symbol,ts,open\nAAPL,yesterday,1\n")
    assert main([*names, "--candles", f"1d={prices}"]) == 2
    with pytest.raises(SystemExit):
        main([*names, "--head", "seven"])
