"""Checking an Ed25519 signature with nothing but the standard library (RFC 8032, 5.1.7).

Slow (some 10 ms) and not hardened against timing: it handles public values only.
"""

import hashlib

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]
_ZERO: Point = (0, 1, 1, 0)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) is that of ``message`` under the key ``public`` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:  # noqa: PLR2004 - the sizes of the RFC
        return False
    key, first = _decompress(public), _decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or first is None or scalar >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    hashed = int.from_bytes(digest, "little") % _L
    return _equal(_times(scalar, _BASE), _add(first, _times(hashed, key)))


def _decompress(raw: bytes) -> Point | None:
    value = int.from_bytes(raw, "little")
    sign, y = value >> 255, value & (2**255 - 1)
    x = _recover(y, sign)
    return None if x is None else (x, y, 1, x * y % _P)


def _recover(y: int, sign: int) -> int | None:
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if square == 0:
        return None if sign else 0
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P:
        return None
    return _P - x if x & 1 != sign else x


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: Point) -> Point:
    found = _ZERO
    while scalar:
        if scalar & 1:
            found = _add(found, point)
        point = _add(point, point)
        scalar >>= 1
    return found


def _equal(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % _P == 0 == (one[1] * other[2] - other[1] * one[2]) % _P


_Y = 4 * pow(5, -1, _P) % _P
_X = _recover(_Y, 0)
assert _X is not None, "the base point is on the curve"
_BASE: Point = (_X, _Y, 1, _X * _Y % _P)
