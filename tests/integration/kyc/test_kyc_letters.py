"""Letters, sealed details and the digest of a PAN over PostgreSQL and its vault."""

from datetime import date

import pytest

from builders.kyc import DatabaseDesk
from kit.aws.errors import AwsError
from kit.errors import Retryable
from kit.sealing import SealBroken, Sealer
from kit.stores.memory_vault import MemoryWrapping
from kit.stores.vault import PostgresVault
from kyc.adapters.mail import MailLetters
from kyc.adapters.sealing import HmacIndex, SealedDetails
from kyc.model.details import Details

pytestmark = pytest.mark.stores
ASHA = Details("Asha Rao", date(1990, 4, 1), "ABCPR1234F", "0124", "ref", "asha@example.com")


def test_a_letter_goes_out_once_and_says_nothing_of_anybody(desk: DatabaseDesk) -> None:
    sent: list[tuple[str, str, str]] = []
    letters = MailLetters(desk.db, lambda *letter: sent.append(letter))
    one = desk.driven()
    for _ in range(3):
        letters.tell(one, "asha@example.com")
    ((to, subject, text),) = sent
    assert (to, subject) == ("asha@example.com", "Your identity is verified")
    assert "Asha" not in text
    assert one.id not in text


def test_each_appointment_has_its_letter(desk: DatabaseDesk) -> None:
    sent: list[tuple[str, str, str]] = []
    letters = MailLetters(desk.db, lambda *letter: sent.append(letter))
    one = desk.driven("standard")
    letters.tell(one, "asha@example.com")
    letters.tell(one.appointed("officer", desk.clock.now()), "asha@example.com")
    letters.tell(one.appointed("officer", desk.clock.now()), "asha@example.com")
    assert [subject for _, subject, _ in sent] == ["Your identity check: a video call"] * 2


def test_a_letter_whose_fate_is_unknown_waits_and_one_that_was_refused_does_not(desk: DatabaseDesk) -> None:
    def lost(*_: str) -> None:
        raise Retryable("no answer")

    def refused(*_: str) -> None:
        raise AwsError("ses", 400, "MessageRejected", "no")

    one, other = desk.driven(), desk.driven()
    with pytest.raises(Retryable):
        MailLetters(desk.db, lost).tell(one, "asha@example.com")
    sent: list[tuple[str, ...]] = []
    sound = MailLetters(desk.db, lambda *letter: sent.append(letter))
    with pytest.raises(Retryable, match="being sent"):
        sound.tell(one, "asha@example.com")
    with pytest.raises(Retryable, match="refused"):
        MailLetters(desk.db, refused).tell(other, "asha@example.com")
    sound.tell(other, "asha@example.com")
    assert len(sent) == 1


def test_details_open_for_their_person_alone(desk: DatabaseDesk) -> None:
    sealed = SealedDetails(Sealer(PostgresVault(desk.db), MemoryWrapping()))
    one, other = desk.draft().person, desk.draft().person
    text = sealed.seal(one, ASHA)
    assert text.startswith("s1.")
    assert sealed.open(one, text) == ASHA
    sealed.seal(other, ASHA)
    with pytest.raises(SealBroken):
        sealed.open(other, text)
    with pytest.raises(SealBroken):
        Sealer(PostgresVault(desk.db), MemoryWrapping()).open(
            one, "kyc-details", text
        )  # the person's own key


def test_a_digest_is_of_its_key() -> None:
    first, second = HmacIndex(lambda: "key"), HmacIndex(lambda: "other")
    assert first.of(ASHA.pan) == first.of(ASHA.pan) != second.of(ASHA.pan)
    assert len(first.of(ASHA.pan)) == 32
