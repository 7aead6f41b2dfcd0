"""What people are written: in both languages, by mail and SMS, with everything that must stand in it."""

import re
from typing import get_args

import pytest

from users.adapters import mail_texts as texts
from users.adapters.mail import MailSender
from users.model import Address
from users.ports import Note, Notice

MAIL, PHONE = Address("email", "asha@example.com"), Address("phone", "+919812345678")


class Sent:
    """Keeps what is sent: recipient, subject (none by SMS) and text."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []
        self.sender = MailSender(
            lambda to, subject, text: self.found.append((to, subject, text)),
            lambda to, text: self.found.append((to, "", text)),
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
    assert "/auth/address-change/stop" in sent.last[2]
    assert len({subject for _, subject, _ in sent.found}) == (2 if to is MAIL else 1)


@pytest.mark.parametrize("locale", ["en", "hi"])
def test_every_note_and_notice_has_its_text(locale: str) -> None:
    sent = Sent()
    for note in get_args(Note):
        sent.sender.send_note(MAIL, note, locale)
    for notice in get_args(Notice):
        sent.sender.send_notice(MAIL, notice, locale)
        assert sent.last[2].endswith(texts.NOT_YOU[locale]) == (notice not in texts.OURS)
    assert len({text for _, _, text in sent.found}) == len(get_args(Note)) + len(get_args(Notice))
    assert not [text for _, _, text in sent.found if re.search(r"[{}]", text)]


def test_clients_find_the_code_by_the_words_before_it() -> None:
    sent = Sent()
    for send in (sent.sender.send_code, sent.sender.send_confirmation, sent.sender.send_reset):
        send(MAIL, "012345", "en")
    sent.sender.send_address_change(MAIL, "012345", "word", "en")
    assert all("code is 012345" in text for _, _, text in sent.found)
