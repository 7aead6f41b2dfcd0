"""One-time codes, notes and notices by e-mail and SMS."""

from typing import Protocol

from users.adapters import mail_texts as texts
from users.model import Address
from users.ports import Note, Notice


class Email(Protocol):
    """``kit.aws.mail.send_email``."""

    def __call__(self, to: str, subject: str, text: str, /) -> None:
        """Send a plain-text mail."""


class Sms(Protocol):
    """``kit.aws.mail.send_sms``."""

    def __call__(self, to: str, text: str, /) -> None:
        """Send a text message."""


class MailSender:
    """Writes to people; ``email`` and ``sms`` are the ways out, ``home`` is the origin of our pages."""

    def __init__(self, email: Email, sms: Sms, home: str) -> None:
        self._email = email
        self._sms = sms
        self._account = f"{home}/account"

    def send_code(self, to: Address, code: str, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, texts.CODE[locale].format(code=code), locale)

    def send_confirmation(self, to: Address, code: str, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, texts.CONFIRM[locale].format(code=code, account=self._account), locale)

    def send_reset(self, to: Address, code: str, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, texts.RESET[locale].format(code=code), locale)

    def send_address_change(self, to: Address, code: str, stop_word: str, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        text = texts.ADDRESS[locale].format(code=code, word=stop_word, account=self._account)
        self._send(to, text, locale, texts.ADDRESS_SUBJECT)

    def send_notice(self, to: Address, notice: Notice, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        text = texts.NOTICES[notice][locale] + ("" if notice in texts.OURS else texts.NOT_YOU[locale])
        self._send(to, text.format(account=self._account), locale, texts.NOTICE_SUBJECT)

    def send_note(self, to: Address, note: Note, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, texts.NOTES[note][locale], locale)

    def _send(self, to: Address, text: str, locale: str, subject: texts.Texts = texts.CODE_SUBJECT) -> None:
        if to.channel == "email":
            self._email(to.value, subject[locale], text)
        else:
            self._sms(to.value, text)
