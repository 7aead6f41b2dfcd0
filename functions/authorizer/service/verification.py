"""Verify an RS256 access token: only tokens that a trusted issuer signed for us, now, come through.

The algorithm is fixed; the header chooses nothing but which of the issuer's keys is tried. Each segment must
be canonical base64url, so that one token has one spelling.
"""

from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from authorizer.errors import TokenRefused
from authorizer.model import MAX_KID_BYTES, MAX_SUBJECT_CHARS, MAX_TOKEN_BYTES, Rules
from authorizer.ports import Keys
from authorizer.schemas import Claims, Header

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# the standard alphabet's own two characters, the padding, and what has a meaning in a JSON string become one
# that no decoder takes
_TO_STANDARD = bytes.maketrans(b'-_+/="\\', b"+/!!!!!")
_PADDING = (b'"', b'"', b'=="', b'="')
# by the length modulo four: which characters may come last (all, none, low 4 bits zero, low 2 bits zero)
_LAST = (frozenset(_ALPHABET), frozenset[int](), frozenset(_ALPHABET[::16]), frozenset(_ALPHABET[::4]))
_MAX_KNOWN_HEADERS = 16
_MAX_SEEN = 256
_END_CHARS = 32  # of the signature: enough to tell honest tokens apart, short enough to hash at once
_CLAIMS = msgspec.json.Decoder(Claims)
_HEADER = msgspec.json.Decoder(Header)
_BYTES = msgspec.json.Decoder(bytes)  # its base64 takes a third of the standard library's time
_UNREADABLE = (ValueError, msgspec.MsgspecError, RecursionError)  # Unicode's is a ValueError
_PKCS1 = PKCS1v15()
_SHA256 = Prehashed(SHA256())  # hashlib's own implementation is the quicker one


class Verifier:
    """Checks tokens against ``rules`` with the issuers' ``keys``."""

    def __init__(self, keys: Keys, rules: Rules) -> None:
        self._keys = keys
        self._rules = rules
        # headers of tokens whose signature held: one spelling a key, so the common path parses no header
        self._kid_of: dict[bytes, str] = {}
        # whole tokens whose signature held twice, by their last characters, good while the very key that
        # verified them is: a client comes with the same token for minutes. Times, revocations and quotas are
        # checked each time
        self._seen: dict[str, tuple[str, Claims, str, RSAPublicKey]] = {}
        # the ends of tokens that came once; most never come again, and keeping them costs more than it saves
        self._met: set[str] = set()

    def verify(self, token: str, now: float) -> Claims:
        """Return the claims of ``token`` at ``now`` (Unix seconds).

        Raises ``TokenRefused`` for anything that is not a live token of ours, ``Retryable`` without keys.
        """
        end = token[-_END_CHARS:]
        seen = self._seen.get(end)
        if seen is not None and seen[0] == token and self._keys.find(seen[1].iss, seen[2]) is seen[3]:
            claims = seen[1]
        else:
            claims = self._verify_new(token, end)
        self._check(claims, now)
        return claims

    def _verify_new(self, token: str, end: str) -> Claims:
        signed, head, claims, signature = _split(token)
        if claims.iss not in self._rules.issuers:
            raise TokenRefused("issuer")
        kid = self._kid_of.get(head) or _kid(head)
        key = self._keys.find(claims.iss, kid)
        if key is None:
            raise TokenRefused("key")
        try:
            key.verify(signature, sha256(signed).digest(), _PKCS1, _SHA256)
        except InvalidSignature:
            raise TokenRefused("signature") from None
        if head not in self._kid_of and len(self._kid_of) < _MAX_KNOWN_HEADERS:
            self._kid_of[head] = kid
        if end in self._met:
            if len(self._seen) >= _MAX_SEEN:
                self._seen.clear()
            self._seen[end] = (token, claims, kid, key)
        else:
            if len(self._met) >= _MAX_SEEN:
                self._met.clear()
            self._met.add(end)
        return claims

    def _check(self, claims: Claims, now: float) -> None:
        rules = self._rules
        audience = claims.aud
        if audience != rules.audience and (isinstance(audience, str) or rules.audience not in audience):
            raise TokenRefused("audience")
        if not claims.sub or len(claims.sub) > MAX_SUBJECT_CHARS or len(claims.fam) > MAX_SUBJECT_CHARS:
            raise TokenRefused("subject")
        if claims.exp + rules.skew_s <= now:
            raise TokenRefused("expired")
        latest = now + rules.skew_s
        if claims.iat > latest or claims.nbf > latest or claims.sua > latest:
            raise TokenRefused("not_yet")
        if not 0 < claims.exp - claims.iat <= rules.max_lifetime_s:
            raise TokenRefused("lifetime")


def _split(token: str) -> tuple[bytes, bytes, Claims, bytes]:
    """Return the signed bytes, the header segment, the unverified claims and the signature."""
    if len(token) > MAX_TOKEN_BYTES:
        raise TokenRefused("size")
    try:
        signed, _, signature = token.encode("ascii").rpartition(b".")
        head, _, body = signed.partition(b".")
        # a fourth segment would leave its dot in the body, and base64 has none
        return signed, head, _CLAIMS.decode(_unbase64(body)), _unbase64(signature)
    except _UNREADABLE:
        raise TokenRefused("shape") from None


def _unbase64(text: bytes) -> bytes:
    """Return the bytes of canonical, unpadded base64url. Raises ``ValidationError`` or ``TokenRefused``.

    The bits of the last character that no byte needs must be zero: every other spelling is refused.
    """
    odd = len(text) % 4
    if not text or text[-1] not in _LAST[odd]:
        raise TokenRefused("encoding")
    return _BYTES.decode(b'"' + text.translate(_TO_STANDARD) + _PADDING[odd])


def _kid(segment: bytes) -> str:
    """Return the kid of a header that is one of ours in everything else."""
    try:
        header = _HEADER.decode(_unbase64(segment))
    except _UNREADABLE:
        raise TokenRefused("header") from None
    if header.alg != "RS256" or header.typ != "at+jwt" or header.crit is not msgspec.UNSET:
        raise TokenRefused("header")
    if not 0 < len(header.kid) <= MAX_KID_BYTES:
        raise TokenRefused("header")
    return header.kid
