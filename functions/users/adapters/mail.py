"""One-time codes by e-mail and SMS, in English and Hindi."""

from typing import Protocol

from users.model import Address
from users.ports import Notice

_CODE = {
    "en": "Your TREUM code is {code}. It is valid for 10 minutes. Nobody from TREUM will ever ask for it.",
    "hi": "आपका TREUM कोड {code} है। यह 10 मिनट तक मान्य है। TREUM से कोई भी आपसे यह कोड कभी नहीं माँगेगा।",
}
_CONFIRM = {
    "en": "Your TREUM code is {code}, to confirm an action in your account. It is valid for 10 minutes. "
    "If you asked for none, change your password. Nobody from TREUM will ever ask for this code.",
    "hi": "आपके खाते में एक कार्रवाई की पुष्टि के लिए आपका TREUM कोड {code} है। यह 10 मिनट तक मान्य है। "
    "यदि आपने इसे नहीं माँगा, तो अपना पासवर्ड बदलें। TREUM से कोई भी आपसे यह कोड कभी नहीं माँगेगा।",
}
_KNOWN = {
    "en": "Somebody tried to register this address at TREUM. It has an account already: sign in as usual. "
    "If it was not you, there is nothing to do.",
    "hi": "किसी ने TREUM पर इस पते से पंजीकरण करने की कोशिश की। इसका खाता पहले से है: सामान्य रूप से साइन इन करें। "
    "यदि यह आप नहीं थे, तो कुछ करने की आवश्यकता नहीं है।",
}
_NOTICES: dict[Notice, dict[str, str]] = {
    "second_factor_on": {
        "en": "An authenticator app now protects your TREUM account.",
        "hi": "अब एक ऑथेंटिकेटर ऐप आपके TREUM खाते की सुरक्षा करता है।",
    },
    "second_factor_off": {
        "en": "Your TREUM account is no longer protected by an authenticator app.",
        "hi": "आपका TREUM खाता अब ऑथेंटिकेटर ऐप से सुरक्षित नहीं है।",
    },
    "password_changed": {
        "en": "The password of your TREUM account was changed and every device was signed out.",
        "hi": "आपके TREUM खाते का पासवर्ड बदल दिया गया है और सभी उपकरण साइन आउट कर दिए गए हैं।",
    },
}
_NOT_YOU = {
    "en": ' If it was not you, set a new password at once ("forgot password") and write to us.',
    "hi": ' यदि यह आपने नहीं किया, तो तुरंत नया पासवर्ड सेट करें ("पासवर्ड भूल गए") और हमें लिखें।',
}
_NOTICE_SUBJECT = {"en": "Your TREUM account was changed", "hi": "आपके TREUM खाते में बदलाव हुआ"}
_SUBJECT = {
    "en": "Your TREUM code",
    "hi": "आपका TREUM कोड",
}


class Email(Protocol):
    """``kit.aws.mail.send_email``."""

    def __call__(self, to: str, subject: str, text: str, /) -> None:
        """Send a plain-text mail."""


class Sms(Protocol):
    """``kit.aws.mail.send_sms``."""

    def __call__(self, to: str, text: str, /) -> None:
        """Send a text message."""


class MailSender:
    """Writes to people; ``email`` and ``sms`` are the ways out."""

    def __init__(self, email: Email, sms: Sms) -> None:
        self._email = email
        self._sms = sms

    def send_code(self, to: Address, code: str, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, _CODE[locale].format(code=code), locale)

    def send_confirmation(self, to: Address, code: str, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, _CONFIRM[locale].format(code=code), locale)

    def send_notice(self, to: Address, notice: Notice, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, _NOTICES[notice][locale] + _NOT_YOU[locale], locale, _NOTICE_SUBJECT)

    def send_already_registered(self, to: Address, locale: str) -> None:
        """See :class:`users.ports.OtpSender`."""
        self._send(to, _KNOWN[locale], locale)

    def _send(self, to: Address, text: str, locale: str, subject: dict[str, str] = _SUBJECT) -> None:
        if to.channel == "email":
            self._email(to.value, subject[locale], text)
        else:
            self._sms(to.value, text)
