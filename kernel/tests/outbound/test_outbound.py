"""Calls to other hosts, against real sockets: the deadline holds, private addresses are refused, rooms are bounded."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from marketry.outbound import AddressRefused, AnswerTooLarge, Busy, DeadlinePassed, Outbound, Unreachable
from marketry.outbound.addresses import AllowList

Talk = Callable[[socket.socket], None]


@contextmanager
def peer(talk: Talk) -> Iterator[str]:
    """A server that reads a request and then does `talk`; yields its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def converse(connection: socket.socket) -> None:
            try:
                with connection:
                    connection.recv(65536)
                    talk(connection)
            except OSError:
                pass

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/pay?secret=1"


@pytest.fixture
def outbound(make_site: Any) -> Outbound:
    site = make_site(more='[outbound]\nallow = ["127.0.0.1"]')
    http: Outbound = site.outbound
    return http


def answer(body: bytes, status: str = "200 OK") -> Talk:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + body)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def test_a_whole_answer_comes_back_whatever_its_status(outbound: Outbound) -> None:
    with peer(answer(b'{"ok": false}', "402 Payment Required")) as url:
        response = outbound.post(url, json={"amount": 1})

    assert (response.status_code, response.json()) == (402, {"ok": False})


def silence(connection: socket.socket) -> None:
    time.sleep(5)


@pytest.mark.parametrize("talk", [silence, drip, drip_body])
def test_the_deadline_holds_however_the_other_side_delays(outbound: Outbound, talk: Talk) -> None:
    with peer(talk) as url:
        began = time.monotonic()
        with pytest.raises(DeadlinePassed, match=r"^127\.0\.0\.1 gave no whole answer within 0\.5 s$"):
            outbound.get(url, seconds=0.5)

    assert time.monotonic() - began < 4  # the silent one hangs up after 5


def test_private_addresses_are_refused_unless_the_site_allows_them(make_site: Any) -> None:
    site = make_site()
    with peer(answer(b"{}")) as url, pytest.raises(AddressRefused, match=r"localhost is at 127\.0\.0\.1, which isn't public"):
        site.outbound.get(url.replace("127.0.0.1", "localhost"))


PRIVATE = "127.0.0.1 10.0.0.8 192.168.1.1 169.254.169.254 ::1 fe80::1 ::ffff:127.0.0.1 2002:7f00:1:: 0.0.0.0 224.0.0.1"


@pytest.mark.parametrize("address", PRIVATE.split())
def test_no_private_or_local_address_is_public(address: str) -> None:
    assert AllowList([]).admits("gateway.example", 443, address) is False


def test_entries_allow_a_host_a_port_or_a_network() -> None:
    allowed = AllowList(["sandbox.local", "127.0.0.1:9101", "10.1.0.0/16"])

    assert allowed.admits("sandbox.local", 80, "10.0.0.8")
    assert allowed.admits("localhost", 9101, "127.0.0.1")
    assert not allowed.admits("localhost", 9102, "127.0.0.1")
    assert allowed.admits("x", 80, "10.1.2.3")
    assert allowed.admits("example.com", 443, "93.184.215.14")


def test_redirects_are_handed_back_not_followed(outbound: Outbound) -> None:
    with peer(lambda c: c.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n")) as url:
        assert outbound.get(url).status_code == 302


def test_an_answer_larger_than_wanted_is_cut_off(outbound: Outbound) -> None:
    with peer(answer(b"x" * 2000)) as url, pytest.raises(AnswerTooLarge, match="more than 1000 bytes"):
        outbound.get(url, largest=1000)


def test_a_connection_that_breaks_is_named_without_its_query(outbound: Outbound) -> None:
    with peer(lambda connection: None) as url, pytest.raises(Unreachable) as failure:
        outbound.get(url)

    assert "secret" not in str(failure.value)


def test_a_hanging_gateway_fills_its_own_room_and_leaves_others_theirs(outbound: Outbound) -> None:
    busy: list[str] = []

    def call(url: str) -> None:
        try:
            outbound.get(url, plugin="slow", seconds=3)
        except (Busy, DeadlinePassed) as error:
            busy.append(type(error).__name__)

    with peer(lambda connection: time.sleep(4)) as slow, peer(answer(b"{}")) as quick:
        threads = [threading.Thread(target=call, args=(slow,)) for _ in range(9)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        assert outbound.get(quick, plugin="quick").status_code == 200
        for thread in threads:
            thread.join()

    assert sorted(busy) == ["Busy"] + ["DeadlinePassed"] * 8


def test_calling_out_inside_a_transaction_is_refused(make_site: Any) -> None:
    ctx = make_site().context()
    with pytest.raises(RuntimeError, match="commit first, then call out"), ctx.writing():
        _ = ctx.http
