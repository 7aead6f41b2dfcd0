"""Cursors come back as they went, and nothing else is taken for one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from kit.pagination import decode_cursor, encode_cursor

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
KEY = st.tuples(TEXT, st.integers(-(2**63), 2**63 - 1))


@given(KEY)
def test_a_cursor_returns_its_key(key: tuple[str, int]) -> None:
    """Whatever the sort values were."""
    assert decode_cursor(encode_cursor(key), tuple[str, int]) == key


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    """Never another error."""
    with suppress(Invalid):
        assert len(decode_cursor(text, tuple[str, int])) == 2


@pytest.mark.parametrize("key", [("a",), ("a", 1, 2), ("\x00", 1), ("a" * 600, 1)])
def test_a_key_of_another_list_is_refused(key: tuple[str | int, ...]) -> None:
    """Width, length and NUL are checked."""
    with pytest.raises(Invalid):
        decode_cursor(encode_cursor(key), tuple[str, int])
