"""Letters about exports and erasures, in English and Hindi, each sent once; ``{privacy}`` is their page."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from kit import telemetry
from kit.aws.errors import AwsError
from kit.aws.mail import send_email, send_sms
from kit.mailings import Mailings
from kit.stores.postgres import Database
from users.adapters.mail_texts import Texts
from users.model import Address, User
from users.ports.letters import Letter, LetterKind

SUBJECT: Final[Texts] = {"en": "Your data at TREUM", "hi": "TREUM पर आपका डेटा"}
TEXTS: Final[dict[LetterKind, Texts]] = {
    "export_ready": {
        "en": "The copy of your data that you asked for is ready. Sign in and fetch it at {privacy} "
        "until {moment}; then it is deleted. If you did not ask for it, set a new password and write to us.",
        "hi": "आपके द्वारा माँगी गई आपके डेटा की प्रति तैयार है। साइन इन करें और इसे {moment} तक"
        " {privacy} पर प्राप्त करें; "
        "उसके बाद इसे हटा दिया जाएगा। यदि आपने इसे नहीं माँगा, तो नया पासवर्ड सेट करें और हमें लिखें।",
    },
    "erasure_requested": {
        "en": "You asked us to erase your TREUM account and your data. That happens at {moment}. Until then "
        "you can take it back: sign in, and cancel it at {privacy}. If you did not ask for it, do so at "
        "once, set a new password and write to us.",
        "hi": "आपने हमसे अपना TREUM खाता और अपना डेटा मिटाने को कहा है। यह {moment} पर होगा। तब तक आप इसे"
        " वापस ले सकते हैं: "
        "साइन इन करें और {privacy} पर इसे रद्द करें। यदि आपने यह नहीं माँगा, तो तुरंत ऐसा करें, नया"
        " पासवर्ड सेट करें "
        "और हमें लिखें।",
    },
    "erasure_cancelled": {
        "en": "Your request to be erased was taken back: your TREUM account stays as it is.",
        "hi": "मिटाए जाने का आपका अनुरोध वापस ले लिया गया है: आपका TREUM खाता जैसा है वैसा ही रहेगा।",
    },
    "erasure_held": {
        "en": "A law demands that your data stays as it is for now, so your TREUM account is not erased yet. "
        "It is erased as soon as that ends; you need not ask again.",
        "hi": "एक कानून की माँग है कि आपका डेटा अभी जैसा है वैसा ही रहे, इसलिए आपका TREUM खाता अभी नहीं"
        " मिटाया गया है। "
        "इसके समाप्त होते ही इसे मिटा दिया जाएगा; आपको फिर से माँगने की आवश्यकता नहीं है।",
    },
    "erasure_closing": {
        "en": "Your TREUM account is being erased now, and your data with it. What a law makes us keep, such "
        "as invoices, stays under a number that names nobody. This is our last letter: we no longer "
        "have your address.",
        "hi": "आपका TREUM खाता और उसके साथ आपका डेटा अभी मिटाया जा रहा है। जो कुछ कानून हमें रखने के लिए"
        " बाध्य करता है, जैसे "
        "चालान, वह एक ऐसी संख्या के अंतर्गत रहता है जो किसी का नाम नहीं बताती। यह हमारा अंतिम पत्र है: अब"
        " हमारे पास आपका "
        "पता नहीं है।",
    },
}
_INDIA: Final = ZoneInfo("Asia/Kolkata")


class MailedPrivacyLetters:
    """See :class:`users.ports.letters.PrivacyLetters`: by e-mail, to who has none by SMS.

    ``home`` is the origin of our pages.
    """

    def __init__(self, db: Database, home: str) -> None:
        self._page = f"{home}/privacy"
        self._mail = Mailings(db, send_email)
        self._sms = Mailings(db, lambda to, _subject, text: send_sms(to, text))

    def write(self, key: str, user: User, letter: Letter) -> None:
        """Send it; what the service refuses is counted."""
        to = user.at("email") or user.at("phone")
        if to is None:
            return
        text = text_of(letter, user.locale, self._page)
        try:
            self._way(to).send(key, to.value, SUBJECT[user.locale], text)
        except AwsError as error:
            telemetry.warning("a letter about a person's rights was refused", reason=error.aws_code)
            telemetry.count("LettersRefused")

    def _way(self, to: Address) -> Mailings:
        return self._mail if to.channel == "email" else self._sms


def text_of(letter: Letter, locale: str, page: str) -> str:
    """Return what ``letter`` says; ``page`` is the address of the page about exports and erasures."""
    return TEXTS[letter.kind][locale].format(moment=_told(letter.moment), privacy=page)


def _told(moment: datetime | None) -> str:
    return f"{moment.astimezone(_INDIA):%d-%m-%Y %H:%M} IST" if moment else ""
