"""Where webhooks may go: which URLs are taken, and which addresses nobody is connected to."""

import pytest

from partners.errors import TargetRefused
from partners.model.network import EVERYWHERE, canonical, prefix_bits
from partners.model.target import Reach, Target

REACH, LAPTOP = Reach(), Reach(local=True)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.com", Target("https", "hooks.example.com", 443, "/")),
        ("https://Hooks.Example.com:8443/a?b=c", Target("https", "hooks.example.com", 8443, "/a?b=c")),
        ("https://a.example.com./x", Target("https", "a.example.com", 443, "/x")),
    ],
)
def test_a_public_https_address_is_taken(url: str, target: Target) -> None:
    assert REACH.target(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://user@hooks.example.com/",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/ a",
        "https://hooks.example.com/\r\nX: y",
        "https://hooks.exämple.com/",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://-a.example.com/",
        "https://" + "a" * 2050 + ".com/",
        "https:///path",
        "no url at all",
        "",
    ],
)
def test_anything_else_is_refused_with_a_word_why(url: str) -> None:
    with pytest.raises(TargetRefused) as raised:
        REACH.target(url)
    assert raised.value.errors[0].pointer == "/url"


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.8"),
        *("192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "192.88.99.1"),
        *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1"),
        *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1"),
        "not an address",
    ],
)
def test_nobody_is_connected_to_what_is_not_public(address: str) -> None:
    assert REACH.refuses(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_the_public_network_is_reached(address: str) -> None:
    assert not REACH.refuses(address)


def test_a_laptop_reaches_itself_and_no_other_private_address() -> None:
    assert LAPTOP.target("http://127.0.0.1:9000/in") == Target("http", "127.0.0.1", 9000, "/in")
    assert not LAPTOP.refuses("127.0.0.1")
    assert LAPTOP.refuses("10.0.0.1")
    assert LAPTOP.refuses("169.254.169.254")
    for url in ("http://10.0.0.1/", "http://hooks.example.com/", "https://hooks.example.com:22/"):
        with pytest.raises(TargetRefused):
            LAPTOP.target(url)


def test_a_network_has_one_spelling_and_a_beginning_in_bits() -> None:
    assert canonical("203.0.113.7") == "203.0.113.7/32"
    assert canonical("2001:DB8:0::/32") == "2001:db8::/32"
    assert len(prefix_bits("203.0.113.0/24")) == 120
    assert prefix_bits("2001:db8::/32") == f"{0x20010DB8:032b}"
    assert prefix_bits("::/0") == EVERYWHERE
    for wrong in ("203.0.113.7/24", "2001:db8::1/32", "300.1.1.1", "example.com", ""):
        with pytest.raises(ValueError):
            canonical(wrong)
