"""Amounts as people write them in India: ₹1,51,000.00, and in words with lakh and crore."""

from typing import Final

_ONES: Final = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS: Final = ((1_00_00_000, "crore"), (1_00_000, "lakh"), (1_000, "thousand"), (100, "hundred"))
_TEEN: Final = 20
_THOUSAND: Final = 1_000


def figures(paise: int) -> str:
    """Return ``paise`` in rupees with Indian grouping, such as ``1,51,000.00``."""
    rupees, rest = divmod(paise, 100)
    head, last = divmod(rupees, _THOUSAND)
    if not head:
        return f"{last}.{rest:02}"
    groups = [f"{last:03}"]
    while head >= 100:  # noqa: PLR2004 - pairs of digits
        head, pair = divmod(head, 100)
        groups.append(f"{pair:02}")
    return f"{','.join([str(head), *reversed(groups)])}.{rest:02}"


def in_words(paise: int) -> str:
    """Return ``paise`` in words, such as ``Rupees two thousand four hundred ninety-nine only``."""
    rupees, rest = divmod(paise, 100)
    named = [f"Rupees {_words(rupees)}"] if rupees or not rest else []
    if rest:
        named.append(f"{_words(rest)} paise")
    text = " and ".join(named)
    return f"{text[0].upper()}{text[1:]} only"


def _words(number: int) -> str:
    if number == 0:
        return "zero"
    parts: list[str] = []
    for size, name in _GROUPS:
        count, number = divmod(number, size)
        if count:
            parts.append(f"{_words(count)} {name}")
    if number:
        parts.append(_below_hundred(number))
    return " ".join(parts)


def _below_hundred(number: int) -> str:
    if number < _TEEN:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
