"""Calls to other systems: never into our own networks, whatever a name leads to; no redirect is followed."""

import asyncio
import ipaddress

import pytest

from foundation.outgoing import AddressRefused, CallFailed, is_permitted, post
from tests.oversight.outside import WebSink, listening

HERE = ("127.0.0.0/8",)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"]
    + ["::1", "fe80::1", "fd00::1", "::ffff:10.1.2.3", "ff02::1", "::", "64:ff9b::a01:203"]
    + ["2002:a01:203::1", "2001:0:a01:203::", "fec0::1"],
)
def test_private_local_and_reserved_addresses_are_refused(address: str) -> None:
    assert not is_permitted(ipaddress.ip_address(address), ())


def test_public_addresses_and_named_networks_are_not() -> None:
    assert is_permitted(ipaddress.ip_address("8.8.8.8"), ())
    assert is_permitted(ipaddress.ip_address("10.1.2.3"), ("10.1.0.0/16",))
    assert not is_permitted(ipaddress.ip_address("10.2.2.3"), ("10.1.0.0/16",))


async def test_a_name_that_leads_here_is_found_out_when_it_is_called() -> None:
    sink = WebSink()
    async with listening(sink) as port:
        for host in ("localhost", "127.0.0.1"):
            with pytest.raises(AddressRefused) as refused:
                await post(f"https://{host}:{port}/", b"{}", {})
            assert host not in str(refused.value)
        assert sink.got == []


async def test_a_name_is_asked_once_and_the_connection_goes_where_it_led(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its meaning after the check (rebinding) reaches nothing; one half ours is refused."""
    answers = [["127.0.0.1"], ["10.0.0.1"], ["8.8.8.8", "10.0.0.1"]]

    async def says(*_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", (address, 0)) for address in answers.pop(0)]

    sink = WebSink()
    async with listening(sink) as port:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", says)
        assert await post(f"http://changing.example.cn:{port}/", b"{}", {}, HERE) == 200
        for _ in range(2):
            with pytest.raises(AddressRefused):
                await post(f"http://changing.example.cn:{port}/", b"{}", {}, HERE)
    assert len(sink.got) == 1


async def test_an_answer_is_its_status_and_a_redirect_is_no_way_on() -> None:
    sink = WebSink()
    sink.statuses = [302, 500, 204]
    async with listening(sink) as port:
        found = [await post(f"http://127.0.0.1:{port}/a", b"{}", {"x-a": "1"}, HERE) for _ in range(3)]
    assert found == [302, 500, 204] and len(sink.got) == 3
    assert sink.got[0][0]["x-a"] == "1" and sink.got[0][1] == b"{}"


async def test_nobody_there_is_told_by_the_error_s_name() -> None:
    async with listening(WebSink()) as port:
        pass
    with pytest.raises(CallFailed) as failed:
        await post(f"http://127.0.0.1:{port}/secret", b"{}", {}, HERE)
    assert failed.value.code == "ConnectError" and "secret" not in repr(failed.value.args)
    with pytest.raises(CallFailed, match="NameUnknown"):
        await post("https://nobody.invalid/", b"{}", {})
