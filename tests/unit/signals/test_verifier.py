"""The offline verifier accepts an honest record and finds each planted lie."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import treum_verify
from builders.record import HOUSE, Proofs, Record
from builders.signals import CANDLE_AT, NOW, candle, walk
from signals.adapters.memory.performance import MemoryPerformanceBook
from signals.model.access import STAFF
from signals.model.market import Candle
from signals.model.performance import figures
from signals.ports import SignalQuery, TradeQuery
from signals.service.performance import FACTS, trade_of
from treum_verify.command import main
from treum_verify.outcome import Market
from treum_verify.proof import canonical, link_of
from treum_verify.reading import market_in
from treum_verify.verify import verify_document

PARENT = Path(treum_verify.__file__).parent.parent
SYMBOLS = ("AAPL", "EURUSD", "GOOG", "MSFT")


def lived() -> Record:
    """Return four promises: AAPL hits its target, EURUSD is voided, GOOG is stopped, MSFT lives on."""
    made = Record()
    world = made.world
    for symbol in SYMBOLS:
        if symbol == "EURUSD":
            voided = made.committed(symbol=symbol)
        else:
            world.published(symbol=symbol)
        world.at += timedelta(seconds=5)
    made.voiding.void(voided.id, "OUTAGE", by="person")
    world.take(candles())
    return made


def candles() -> list[Candle]:
    """Return what the market did after: AAPL rose through 110, GOOG fell through 95, EURUSD fell later."""
    days = {
        "AAPL": (99, 104, 103, 111),
        "GOOG": (98, 102, 94, 99),
        "EURUSD": (98, 101, 93, 97),
        "MSFT": (97, 103, 98, 104),
    }
    found: list[Candle] = []
    for symbol, (low, high, lower, higher) in days.items():
        found += [
            replace(candle(1, low, high), symbol=symbol),
            replace(candle(2, lower, higher), symbol=symbol),
        ]
    return found


def record() -> Proofs:
    """Return that record as the export gives it: numbers 1 to 4, three of them revealed."""
    return lived().export()


def test_an_honest_record_holds() -> None:
    report = treum_verify.verify_record(record())

    assert report.findings == []
    assert (report.checked, report.revealed) == (4, 3)
    assert report.outcomes == {"live": 1, "stopped": 1, "target_hit": 1, "voided": 1}
    rate = report.rates[HOUSE]
    assert (rate.won, rate.ended, rate.voided, rate.open) == (1, 2, 1, 1)
    assert (rate.win_rate, rate.average_r, rate.bounds) == (1 / 3, 0.5, (0.25, 0.5))


def _alter(proofs: Proofs) -> None:
    proofs[0]["payload"] = proofs[0]["payload"].replace("110.00", "111.00")


def _alter_nonce(proofs: Proofs) -> None:
    proofs[0]["nonce"] = "00" * 32


def _drop(proofs: Proofs) -> None:
    del proofs[1]


def _drop_first(proofs: Proofs) -> None:
    del proofs[0]


def _late(proofs: Proofs) -> None:
    proofs[2]["committed_at"] = (NOW + timedelta(minutes=9)).isoformat()


def _swap_times(proofs: Proofs) -> None:
    proofs[3]["committed_at"] = (NOW - timedelta(minutes=9)).isoformat()


def _twice(proofs: Proofs) -> None:
    proofs.append(proofs[2])


def _replace_one(proofs: Proofs) -> None:
    proofs[1]["hash"] = "ab" * 32


def _hide(proofs: Proofs) -> None:
    proofs[2]["payload"] = proofs[2]["nonce"] = None


def _other(proofs: Proofs) -> None:
    proofs[0]["signal_id"] = proofs[1]["signal_id"]


def _spaces(proofs: Proofs) -> None:
    proofs[0]["payload"] = json.dumps(json.loads(proofs[0]["payload"]))


def _no_zone(proofs: Proofs) -> None:
    proofs[0]["committed_at"] = "2026-03-02T09:30:00"


def _swap_payloads(proofs: Proofs) -> None:
    for name in ("payload", "nonce"):
        proofs[0][name], proofs[2][name] = proofs[2][name], proofs[0][name]


def _better_exit(proofs: Proofs) -> None:
    proofs[2]["exit_price"] = "96.00"


def _other_end(proofs: Proofs) -> None:
    proofs[2]["status"] = "target_hit"


def _too_early(proofs: Proofs) -> None:
    proofs[0]["status"] = "expired"


def _no_price(proofs: Proofs) -> None:
    proofs[0]["exit_price"] = None


def _no_number(proofs: Proofs) -> None:
    proofs[0]["exit_price"] = "a lot"


def _void_published(proofs: Proofs) -> None:
    proofs[2]["status"] = "voided"


def _dropped(proofs: Proofs) -> None:
    proofs[1]["status"] = "withdrawn"


def _void_hidden(proofs: Proofs) -> None:
    proofs[1]["payload"] = proofs[1]["nonce"] = None


def _never_told(proofs: Proofs) -> None:
    proofs[0]["published_at"] = None


def _nothing(proofs: Proofs) -> None:
    proofs[0].clear()


def _short_nonce(proofs: Proofs) -> None:
    proofs[0]["nonce"] = "00"


def _algorithm(proofs: Proofs) -> None:
    proofs[0]["algorithm"] = "rot13"


@pytest.mark.parametrize(
    ("lie", "finding"),
    [
        (_alter, "not what was promised"),
        (_alter_nonce, "not what was promised"),
        (_drop, "number 2 missing"),
        (_drop_first, "number 1 missing"),
        (_late, "after it was published"),
        (_swap_times, "before the number it follows"),
        (_twice, "there twice"),
        (_replace_one, "does not follow the one before"),
        (_hide, "was not revealed"),
        (_other, "another signal_id"),
        (_spaces, "canonical form"),
        (_no_zone, "no zone"),
        (_nothing, "lacks"),
        (_short_nonce, "1 bytes instead of 32"),
        (_algorithm, "rot13"),
        (_swap_payloads, "not what was promised"),
        (_better_exit, "better than its stop 95.00"),
        (_other_end, "short of its target 110.00"),
        (_too_early, "before its time"),
        (_no_price, "without a price"),
        (_no_number, "cannot be read"),
        (_void_published, "is voided, and was published"),
        (_dropped, "neither open, nor revealed, nor voided"),
        (_void_hidden, "is voided and was not revealed"),
        (_never_told, "never published"),
    ],
)
def test_each_planted_lie_is_found(lie: Callable[[Proofs], None], finding: str) -> None:
    proofs = record()
    lie(proofs)

    assert any(finding in found for found in treum_verify.verify_record(proofs).findings)


def test_a_document_that_says_something_else_is_found() -> None:
    proof = record()[0]
    assert verify_document(proof, proof) == []

    assert verify_document(proof, {**proof, "hash": "00" * 32})
    assert verify_document(proof, {**proof, "committed_at": "2020-01-01T00:00:00Z"})


def rewritten(proofs: Proofs) -> Proofs:
    """Return the record as a liar who owns every document would write it anew: its stop was wider, it says."""
    payload = json.loads(proofs[2]["payload"])
    payload["stop"] = "90.00"
    proofs[2] |= {"payload": canonical(payload), "status": "live", "exit_price": None, "closed_at": None}
    proofs[2]["hash"] = sha256(proofs[2]["payload"].encode() + bytes.fromhex(proofs[2]["nonce"])).hexdigest()
    for before, one in pairwise(proofs):
        one["previous"] = link_of(before)
    return proofs


def test_a_record_rewritten_whole_is_found_by_a_head_that_somebody_wrote_down() -> None:
    made = lived()
    head = made.reading.head(HOUSE)
    honest, lying = made.export(), rewritten(made.export())

    assert treum_verify.verify_record(honest, head=(head.number, head.hash)).holds
    assert treum_verify.verify_record(lying).holds
    for number in (3, 4):
        pinned = (number, link_of(honest[number - 1]))
        found = treum_verify.verify_record(lying, head=pinned).findings
        assert found == [
            f"{HOUSE}: number {number} is not the one written down: the record before it was changed since"
        ]
    short = treum_verify.verify_record(honest[:3], head=(head.number, head.hash)).findings
    assert short == [f"{HOUSE}: number 4 was written down as the head, and is not in the record"]


def test_a_void_contradicts_the_proof_that_a_subscriber_kept() -> None:
    made = Record()
    live = made.world.published()
    kept = made.export()
    lying = made.export()
    lying[0] |= {"status": "voided", "published_at": None, "void_reason": "OUTAGE"}
    sealed = made.world.commitments.find(live.id)
    assert sealed is not None
    lying[0] |= {"payload": sealed.sealed.canonical, "nonce": sealed.sealed.nonce.hex()}

    assert treum_verify.verify_record(lying).holds
    found = treum_verify.verify_record(lying, held=kept).findings

    assert len(found) == 1
    assert "voided as never published, but your proof shows it published" in found[0]
    assert "you hold a proof of it" in treum_verify.verify_record([], held=kept).findings[0]
    kept[0] |= {"hash": "00" * 32, "published_at": "2020-01-01T00:00:00Z"}
    assert len(treum_verify.verify_record(made.export(), held=kept).findings) == 2


def test_a_void_declared_when_its_loss_was_known_is_found_by_the_candles(tmp_path: Path) -> None:
    made = Record()
    made.committed()
    falls = [candle(1, 98, 101), candle(2, 93, 97)]
    made.world.candles.save(falls)
    made.world.at += timedelta(days=1)
    honest = made.export()
    made.voiding.void(made.reading.book.page(_all(made))[0].id, "MISTAKE", by="person")
    market = market_in([written(tmp_path, falls)], None)

    report = treum_verify.verify_record(made.export(), market=market)

    assert "voided when its loss was known: stopped at 95.00" in report.findings[0]
    early = made.export()
    early[0]["market_at"] = falls[0].closed_at.isoformat()
    assert treum_verify.verify_record(early, market=market).holds
    assert treum_verify.verify_record(honest, market=market).walked == 0


def _all(made: Record) -> SignalQuery:
    return SignalQuery(STAFF, made.world.at, 10)


def written(folder: Path, tape: list[Candle]) -> str:
    """Return ``1d=…`` for a file with ``tape`` in the form of the recorded ones."""
    path = folder / "candles.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["symbol", "ts", "open", "high", "low", "close", "volume"])
        for one in tape:
            rows.writerow([one.symbol, one.closed_at.isoformat(), one.open, one.high, one.low, one.close, 1])
    return f"1d={path}"


def test_ends_made_anew_from_candles_are_those_of_the_record(tmp_path: Path) -> None:
    market = market_in([written(tmp_path, candles())], None)

    report = treum_verify.verify_record(record(), market=market)

    assert (report.findings, report.walked) == ([], 3)


@pytest.mark.parametrize(
    ("number", "lie", "finding"),
    [
        (3, {"exit_price": "94.50"}, "by the candles it was stopped at 95.00"),
        (3, {"closed_at": (CANDLE_AT + timedelta(days=1)).isoformat()}, "it had not ended then"),
        (
            1,
            {
                "status": "cancelled",
                "exit_price": "104.00",
                "closed_at": (CANDLE_AT + timedelta(days=4)).isoformat(),
            },
            "and had target_hit before",
        ),
        (3, {"status": "cancelled", "exit_price": None, "closed_at": None}, "and had stopped before"),
    ],
)
def test_an_end_that_candles_contradict_is_found(
    number: int, lie: dict[str, Any], finding: str, tmp_path: Path
) -> None:
    proofs = record()
    proofs[number - 1] |= lie
    market = market_in([written(tmp_path, candles())], None)

    assert treum_verify.verify_record(proofs).holds
    found = treum_verify.verify_record(proofs, market=market).findings

    assert len(found) == 1
    assert finding in found[0]


def test_ends_of_random_walks_are_the_servers_own(tmp_path: Path) -> None:
    """The verifier knows nothing of our code: both must end 40 promises alike, splits and sales included."""
    made = Record()
    tape = walk(60, seed=11)
    for number in range(40):
        sells = number % 2
        near, far = Decimal(100 - 2 - number % 7), Decimal(100 + 3 + number % 9)
        made.live(
            strategy=f"s-{number}",
            side="sell" if sells else "buy",
            stop=far if sells else near,
            targets=(near,) if sells else (far,),
            expires_at=CANDLE_AT + timedelta(days=5 + number % 20),
        )
    for one in tape:
        made.world.take([one])
    market = market_in([written(tmp_path, tape)], None)

    report = treum_verify.verify_record(made.export(), market=market)

    assert report.findings == []
    assert report.walked == report.revealed > 30


def test_a_split_between_promise_and_end_is_no_gain(tmp_path: Path) -> None:
    proofs = record()
    after = [
        replace(one, **{n: getattr(one, n) / 2 for n in ("open", "high", "low", "close")})
        for one in candles()
    ]
    splits = tmp_path / "splits.json"
    day = (CANDLE_AT + timedelta(days=1)).date().isoformat()
    splits.write_text(json.dumps([{"symbol": s, "effective": day, "ratio": "2"} for s in SYMBOLS]))
    files = [written(tmp_path, after)]

    assert treum_verify.verify_record(proofs, market=market_in(files, splits)).holds
    assert not treum_verify.verify_record(proofs, market=market_in(files, None)).holds


def test_the_win_rate_of_the_export_is_the_one_of_the_events() -> None:
    made = lived()
    book = MemoryPerformanceBook()
    for event in made.world.book.events:  # type: ignore[attr-defined]  # the memory book keeps what it told
        if type(event.data) in FACTS:
            book.take(event, trade_of)

    told = figures(book.trades(TradeQuery(analyst=HOUSE)))
    alone = treum_verify.rate_of(made.export())

    assert (told.win_rate, told.average_r, told.open) == (alone.win_rate, alone.average_r, alone.open)
    assert (told.win_rate_low, told.win_rate_high) == alone.interval
    assert treum_verify.rate_of([]).win_rate is None


def test_the_folder_runs_alone_without_anything_of_ours(tmp_path: Path) -> None:
    page = tmp_path / "export.ndjson"
    lines = "".join(json.dumps(one) + "\n" for one in record())
    page.write_text(lines)
    command = [sys.executable, "-S", "-P", "-c"]
    program = f"import sys; sys.path.insert(0, {str(PARENT)!r}); from treum_verify.command import main; "
    program += "sys.exit(main(sys.argv[1:]))"

    def run(*more: str) -> "subprocess.CompletedProcess[str]":
        call = [*command, program, str(page), *more]
        return subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path)

    honest = run("--candles", written(tmp_path, candles()))
    page.write_text(lines.replace("110.00", "111.00"))
    lying = run()

    assert (honest.returncode, lying.returncode) == (0, 1), honest.stderr + lying.stderr
    assert "everything holds" in honest.stdout
    assert "3 ends and voids were made anew" in honest.stdout
    assert "treum-house: 1 won of 3 settled (2 ended, 1 voided): win rate 33.3%" in honest.stdout
    assert "NOT against a head" in honest.stdout
    assert "WRONG" in lying.stdout


def test_the_command_reads_single_proofs_and_locked_documents(tmp_path: Path) -> None:
    one = tmp_path / "one.json"
    proof = record()[2]
    one.write_text(json.dumps(proof))
    assert main([str(one)]) == 0
    assert main([str(one), "--documents", str(tmp_path)]) == 1

    (tmp_path / "000000003.json").write_text(json.dumps(proof))

    assert main([str(one), "--documents", str(tmp_path)]) == 0
    assert main([str(tmp_path / "absent.json")]) == 2
    one.write_text("7")
    assert main([str(one)]) == 2


MARKET = Market({}, {})
HONEST = lived()
PINNED = HONEST.reading.head(HOUSE)
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)
)
PRINTED = (
    "number",
    "hash",
    "previous",
    "committed_at",
    "algorithm",
    "analyst",
    "payload",
    "nonce",
    "signal_id",
)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(sorted(HONEST.export()[0])), ANYTHING),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_stands_in_a_file_is_told_and_never_a_crash(changes: list[tuple[int, str, Any]]) -> None:
    proofs = HONEST.export()
    for number, name, value in changes:
        proofs[number][name] = value

    report = treum_verify.verify_record(
        proofs, head=(PINNED.number, PINNED.hash), market=MARKET, held=HONEST.export()
    )

    assert report.checked == 4
    assert all(rate.win_rate is None or 0 <= rate.win_rate <= 1 for rate in report.rates.values())


@given(st.integers(0, 3), st.sampled_from(PRINTED), st.integers(0, 200), st.characters(codec="ascii"))
def test_no_letter_of_a_pinned_record_can_be_another(number: int, name: str, place: int, letter: str) -> None:
    proofs = HONEST.export()
    text = proofs[number][name]
    assume(text is not None)
    assume(name != "signal_id" or proofs[number]["payload"] is not None)  # hidden terms hide whose they are
    changed = str(text)
    place %= len(changed)
    changed = changed[:place] + letter + changed[place + 1 :]
    value: object = changed
    if isinstance(text, int):
        assume(changed.isascii() and changed.isdigit())
        value = int(changed)
    assume(value != text and not same_moment(name, changed, str(text)))
    proofs[number][name] = value

    found = treum_verify.verify_record(proofs, head=(PINNED.number, PINNED.hash)).findings

    assert found


def same_moment(name: str, one: str, other: str) -> bool:
    """Whether two texts of a time, or of bytes in hex, mean the same."""
    if name == "nonce":
        return one.lower() == other.lower()
    try:
        return name == "committed_at" and datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False


def test_a_rate_of_nothing_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Record()
    made.world.published(symbol="AAPL")
    made.world.published(symbol="MSFT")
    page = tmp_path / "page.json"
    page.write_text(json.dumps({"items": made.export()}))

    assert main([str(page)]) == 0
    assert "nothing has ended yet, 2 open" in capsys.readouterr().out
    assert (treum_verify.rate_of([]).interval, treum_verify.rate_of([]).bounds) == (None, None)
    with pytest.raises(ValueError, match="fractions"):
        canonical({"a": 1.5})
