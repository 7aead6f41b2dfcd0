"""The Redis protocol: what is written, and what is read however the bytes are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.stores.resp import Reader, ReplyError, encode


def test_a_command_is_an_array_of_bulk_strings() -> None:
    assert (
        encode(("SET", b"\r\n", 7, "₹"))
        == b"*4\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$1\r\n7\r\n$3\r\n\xe2\x82\xb9\r\n"
    )


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"+OK\r\n", b"OK"),
        (b":-42\r\n", -42),
        (b"$-1\r\n", None),
        (b"$0\r\n\r\n", b""),
        (b"*-1\r\n", None),
        (b"*2\r\n$1\r\na\r\n*1\r\n:1\r\n", [b"a", [1]]),
        (b"_\r\n", None),
        (b"#t\r\n", True),
        (b",1.5\r\n", 1.5),
        (b"%1\r\n+a\r\n:1\r\n", [b"a", 1]),
    ],
)
def test_replies_are_read(raw: bytes, value: object) -> None:
    reader = Reader()
    reader.feed(raw)
    assert reader.ready()
    assert reader.take() == value


def test_an_error_reply_is_returned_with_its_kind() -> None:
    reader = Reader()
    reader.feed(b"-NOSCRIPT No matching script\r\n")
    assert reader.ready()
    reply = reader.take()
    assert isinstance(reply, ReplyError)
    assert reply.kind == "NOSCRIPT"


@given(st.binary(max_size=40), st.lists(st.integers(min_value=0, max_value=60), max_size=4))
def test_bytes_cut_anywhere_make_the_same_replies(blob: bytes, cuts: list[int]) -> None:
    raw = b"*2\r\n$%d\r\n%b\r\n:7\r\n+OK\r\n" % (len(blob), blob)
    reader, seen, last = Reader(), [], 0
    for cut in [*sorted(cut for cut in cuts if cut < len(raw)), len(raw)]:
        reader.feed(raw[last:cut])
        last = cut
        while reader.ready():
            seen.append(reader.take())
    assert seen == [[blob, 7], b"OK"]


@pytest.mark.parametrize("raw", [b"!\r\n", b"$x\r\n", b"*1\r\n" * 10])
def test_what_is_not_redis_is_refused(raw: bytes) -> None:
    reader = Reader()
    reader.feed(raw)
    with pytest.raises(ValueError):
        reader.ready()


def test_taking_before_a_reply_is_here_is_refused() -> None:
    with pytest.raises(ValueError, match="no reply"):
        Reader().take()
