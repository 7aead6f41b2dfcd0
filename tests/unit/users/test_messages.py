"""What people are written: in both languages, by mail and SMS, with everything that must stand in it, and leading to pages."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from users.adapters import mail_texts as texts
from users.adapters.mail import MailSender
from users.adapters.privacy_letters import TEXTS as PRIVACY
from users.adapters.privacy_letters import text_of
from users.model import Address
from users.ports import Note, Notice
from users.ports.letters import Letter, LetterKind

HOME = "https://app.example"
MAIL, PHONE = Address("email", "asha@example.com"), Address("phone", "+919812345678")

_MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_CONSOLE = Path(__file__).parents[3] / "infra" / "console"
_EVERY = [
    texts.CODE,
    texts.CONFIRM,
    texts.RESET,
    texts.ADDRESS,
    texts.NOT_YOU,
    *texts.NOTES.values(),
    *texts.NOTICES.values(),
    *PRIVACY.values(),
]


class Sent:
    """Keeps what is sent: recipient, subject (none by SMS) and text."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []
        self.sender = MailSender(
            lambda to, subject, text: self.found.append((to, subject, text)),
            lambda to, text: self.found.append((to, "", text)),
            HOME,
        )

    @property
    def last(self) -> tuple[str, str, str]:
        return self.found[-1]


@pytest.mark.parametrize("locale", ["en", "hi"])
@pytest.mark.parametrize("to", [MAIL, PHONE])
def test_every_code_is_in_its_message(to: Address, locale: str) -> None:
    sent = Sent()
    for send in (sent.sender.send_code, sent.sender.send_confirmation, sent.sender.send_reset):
        send(to, "012345", locale)
        assert sent.last[0] == to.value
        assert "012345" in sent.last[2]
    sent.sender.send_address_change(to, "012345", "abcdefghjkmnpqrstuvw", locale)
    assert "012345" in sent.last[2]
    assert "abcdefghjkmnpqrstuvw" in sent.last[2]
    assert f"{HOME}/account#stop" in sent.last[2]
    assert len({subject for _, subject, _ in sent.found}) == (2 if to is MAIL else 1)


@pytest.mark.parametrize("locale", ["en", "hi"])
def test_every_note_and_notice_has_its_text(locale: str) -> None:
    sent = Sent()
    for note in get_args(Note):
        sent.sender.send_note(MAIL, note, locale)
    for notice in get_args(Notice):
        sent.sender.send_notice(MAIL, notice, locale)
        not_you = texts.NOT_YOU[locale].format(account=f"{HOME}/account")
        assert sent.last[2].endswith(not_you) == (notice not in texts.OURS)
    assert len({text for _, _, text in sent.found}) == len(get_args(Note)) + len(get_args(Notice))
    assert not [text for _, _, text in sent.found if re.search(r"[{}]", text)]


def test_clients_find_the_code_by_the_words_before_it() -> None:
    sent = Sent()
    for send in (sent.sender.send_code, sent.sender.send_confirmation, sent.sender.send_reset):
        send(MAIL, "012345", "en")
    sent.sender.send_address_change(MAIL, "012345", "word", "en")
    assert all("code is 012345" in text for _, _, text in sent.found)


@pytest.mark.parametrize("locale", ["en", "hi"])
def test_letters_lead_to_parts_of_a_page_that_are_there_and_name_no_operation(locale: str) -> None:
    """Each ``#part`` is an id of the page; no method and path of the API stands where a page does the same."""
    found = [one[locale] for one in _EVERY]
    parts = set(re.findall(r"\{account\}#([a-z]+)", " ".join(found)))
    page = (_CONSOLE / "account.html").read_text()
    assert parts == {"password", "forgot", "addresses", "stop", "identities"}
    assert [one for one in parts if f'id="{one}"' not in page] == []
    assert [one for one in found if re.search(r"\b(GET|POST|PUT|PATCH|DELETE) /", one)] == []


@pytest.mark.parametrize("locale", ["en", "hi"])
@pytest.mark.parametrize("kind", get_args(LetterKind))
def test_letters_about_ones_data_lead_to_its_page_where_there_is_something_to_do(
    kind: LetterKind, locale: str
) -> None:
    """A copy is fetched there, and an erasure taken back; the other letters ask for nothing."""
    text = text_of(Letter(kind, _MOMENT), locale, f"{HOME}/privacy")
    assert (f"{HOME}/privacy" in text) == (kind in {"export_ready", "erasure_requested"})
    assert not re.search(r"[{}]", text)


@pytest.mark.parametrize("locale", ["en", "hi"])
def test_no_code_and_no_word_stands_in_an_address(locale: str) -> None:
    """Addresses are kept in histories and logs."""
    sent = Sent()
    sent.sender.send_confirmation(MAIL, "012345", locale)
    sent.sender.send_address_change(MAIL, "012345", "abcdefghjkmnpqrstuvw", locale)
    addresses = re.findall(r"https://\S+", " ".join(text for _, _, text in sent.found))
    assert len(addresses) == 2
    assert not [one for one in addresses if re.search(r"012345|abcdefgh|\?", one)]
