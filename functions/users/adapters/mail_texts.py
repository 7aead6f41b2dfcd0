"""What people are written, in English and Hindi. A code always stands as ``code is …`` in English.

``{account}`` is the page of one's account; a part of it is named behind ``#``. No code or word ever stands
in an address: addresses are kept in histories and logs (ADR 260).
"""

from typing import Final

from users.ports import Note, Notice

Texts = dict[str, str]
CODE: Final[Texts] = {
    "en": "Your TREUM code is {code}. It is valid for 10 minutes. Nobody from TREUM will ever ask for it.",
    "hi": "आपका TREUM कोड {code} है। यह 10 मिनट तक मान्य है। TREUM से कोई भी आपसे यह कोड कभी नहीं माँगेगा।",
}
CONFIRM: Final[Texts] = {
    "en": "Your TREUM code is {code}, to confirm an action in your account. It is valid for 10 minutes. "
    "If you asked for none, change your password at {account}#password. Nobody from TREUM will ever ask for "
    "this code.",
    "hi": "आपके खाते में एक कार्रवाई की पुष्टि के लिए आपका TREUM कोड {code} है। यह 10 मिनट तक मान्य है। "
    "यदि आपने इसे नहीं माँगा, तो {account}#password पर अपना पासवर्ड बदलें। TREUM से कोई भी आपसे यह कोड कभी "
    "नहीं माँगेगा।",
}
RESET: Final[Texts] = {
    "en": "Your TREUM code is {code}, to set a new password. It is valid for 10 minutes. If you asked for "
    "none, there is nothing to do. Nobody from TREUM will ever ask for this code.",
    "hi": "नया पासवर्ड सेट करने के लिए आपका TREUM कोड {code} है। यह 10 मिनट तक मान्य है। यदि आपने इसे नहीं माँगा, "
    "तो कुछ करने की आवश्यकता नहीं है। TREUM से कोई भी आपसे यह कोड कभी नहीं माँगेगा।",
}
ADDRESS: Final[Texts] = {
    "en": "Somebody signed in to your TREUM account wants it to have another address. If it is you, your "
    "code is {code}: with it the change is made at once, without it three days after the new address is "
    "confirmed. If it is not you, stop it with the word {word} at {account}#stop and set a new password.",
    "hi": "आपके TREUM खाते में साइन इन किया हुआ कोई व्यक्ति उसका पता बदलना चाहता है। यदि यह आप हैं, तो आपका कोड "
    "{code} है: इसके साथ बदलाव तुरंत होगा, इसके बिना नए पते की पुष्टि के तीन दिन बाद। यदि यह आप नहीं हैं, तो "
    "{account}#stop पर {word} शब्द से इसे रोकें और नया पासवर्ड सेट करें।",
}
NOTES: Final[dict[Note, Texts]] = {
    "already_registered": {
        "en": "Somebody tried to register this address at TREUM. It has an account already: sign in as "
        "usual. If it was not you, there is nothing to do.",
        "hi": "किसी ने TREUM पर इस पते से पंजीकरण करने की कोशिश की। इसका खाता पहले से है: सामान्य रूप से साइन इन करें। "
        "यदि यह आप नहीं थे, तो कुछ करने की आवश्यकता नहीं है।",
    },
    "no_account": {
        "en": "Somebody asked to set a new TREUM password for this address, but it has no account. If it was "
        "you, try the address you registered with. If not, there is nothing to do.",
        "hi": "किसी ने इस पते के लिए नया TREUM पासवर्ड माँगा, लेकिन इसका कोई खाता नहीं है। यदि यह आप थे, तो वह पता "
        "आज़माएँ जिससे आपने पंजीकरण किया था। यदि नहीं, तो कुछ करने की आवश्यकता नहीं है।",
    },
    "address_taken": {
        "en": "Somebody tried to give another TREUM account this address. It belongs to your account and "
        "stays there. If it was you, sign in here or take another address. If not, there is nothing to do.",
        "hi": "किसी ने एक अन्य TREUM खाते को यह पता देने की कोशिश की। यह आपके खाते का है और वहीं रहेगा। यदि यह आप थे, "
        "तो यहाँ साइन इन करें या कोई दूसरा पता लें। यदि नहीं, तो कुछ करने की आवश्यकता नहीं है।",
    },
    "account_disabled": {
        "en": "Somebody asked to set a new TREUM password for this address, but its account is disabled. If "
        "you want to know why, write to our support. If it was not you, there is nothing to do.",
        "hi": "किसी ने इस पते के लिए नया TREUM पासवर्ड माँगा, लेकिन इसका खाता निष्क्रिय है। यदि आप कारण जानना चाहते हैं, "
        "तो हमारी सहायता टीम को लिखें। यदि यह आप नहीं थे, तो कुछ करने की आवश्यकता नहीं है।",
    },
}
NOTICES: Final[dict[Notice, Texts]] = {
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
    "email_changed": {
        "en": "Your TREUM account has another e-mail address now.",
        "hi": "आपके TREUM खाते का ई-मेल पता अब बदल गया है।",
    },
    "phone_changed": {
        "en": "Your TREUM account has another phone number now.",
        "hi": "आपके TREUM खाते का फ़ोन नंबर अब बदल गया है।",
    },
    "address_change_waiting": {
        "en": "In three days your TREUM account gets another address, which was confirmed. Until then you "
        "can withdraw that at {account}#addresses, or stop it at {account}#stop with the word that was sent "
        "to the address before.",
        "hi": "तीन दिन में आपके TREUM खाते का पता बदल जाएगा, नए पते की पुष्टि हो चुकी है। तब तक आप इसे "
        "{account}#addresses पर वापस ले सकते हैं, या पिछले पते पर भेजे गए शब्द से {account}#stop पर रोक सकते हैं।",
    },
    "address_change_stopped": {
        "en": "The change of an address of your TREUM account was stopped and every device was signed out.",
        "hi": "आपके TREUM खाते के पते का बदलाव रोक दिया गया है और सभी उपकरण साइन आउट कर दिए गए हैं।",
    },
    "locked": {
        "en": "Ten sign-ins to your TREUM account failed, so it is locked for an hour; a new password "
        "unlocks it at once.",
        "hi": "आपके TREUM खाते में दस साइन-इन विफल हुए, इसलिए यह एक घंटे के लिए लॉक है; नया पासवर्ड इसे तुरंत खोल देता है।",
    },
    "unlocked": {
        "en": "Our support has unlocked your TREUM account.",
        "hi": "हमारी सहायता टीम ने आपका TREUM खाता अनलॉक कर दिया है।",
    },
    "identity_linked": {
        "en": "An identity of another provider now signs in to your TREUM account. You can remove it at "
        "{account}#identities.",
        "hi": "अब किसी अन्य प्रदाता की पहचान से आपके TREUM खाते में साइन इन किया जा सकता है। आप इसे "
        "{account}#identities पर हटा सकते हैं।",
    },
    "identity_unlinked": {
        "en": "An identity of another provider no longer signs in to your TREUM account.",
        "hi": "किसी अन्य प्रदाता की पहचान से अब आपके TREUM खाते में साइन इन नहीं किया जा सकता।",
    },
    "sessions_ended": {
        "en": "Our support has signed every device out of your TREUM account.",
        "hi": "हमारी सहायता टीम ने आपके TREUM खाते से सभी उपकरण साइन आउट कर दिए हैं।",
    },
    "disabled": {
        "en": "Your TREUM account was disabled: every device was signed out, its API keys open nothing, and "
        "nobody can sign in. Write to our support if you want to know why.",
        "hi": "आपका TREUM खाता निष्क्रिय कर दिया गया है: सभी उपकरण साइन आउट कर दिए गए हैं, इसकी API कुंजियाँ काम नहीं "
        "करतीं, और कोई साइन इन नहीं कर सकता। कारण जानने के लिए हमारी सहायता टीम को लिखें।",
    },
    "enabled": {
        "en": "Your TREUM account may be used again: sign in as usual.",
        "hi": "आपके TREUM खाते का फिर से उपयोग किया जा सकता है: सामान्य रूप से साइन इन करें।",
    },
}
OURS: Final[frozenset[Notice]] = frozenset({"sessions_ended", "disabled", "enabled"})
"""What we did: nobody needs to be told to look for a thief."""
NOT_YOU: Final[Texts] = {
    "en": " If it was not you, set a new password at once ({account}#forgot) and write to us.",
    "hi": " यदि यह आपने नहीं किया, तो तुरंत नया पासवर्ड सेट करें ({account}#forgot) और हमें लिखें।",
}
NOTICE_SUBJECT: Final[Texts] = {"en": "Your TREUM account was changed", "hi": "आपके TREUM खाते में बदलाव हुआ"}
CODE_SUBJECT: Final[Texts] = {"en": "Your TREUM code", "hi": "आपका TREUM कोड"}
ADDRESS_SUBJECT: Final[Texts] = {
    "en": "Another address for your TREUM account?",
    "hi": "आपके TREUM खाते के लिए दूसरा पता?",
}
