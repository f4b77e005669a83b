"""Connections that are fit for another request or not; the transport as httpx knows transports."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from monitor.clock import SystemClock
from monitor.errors import FetchError, Truncated
from monitor.fetch import FetchSettings, WebFetcher
from monitor.fetch.address import AddressGuard
from monitor.fetch.transport import GuardedTransport
from monitor.models import Request

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers every connection with a script of raw bytes; None closes."""

    def __init__(self, *scripts: tuple[bytes | None, ...]) -> None:
        self.scripts = list(scripts)
        self.connections = 0

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, "127.0.0.2", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.scripts[min(self.connections, len(self.scripts) - 1)]
        self.connections += 1
        for answer in script:
            try:
                await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            if answer is None:
                break
            writer.write(answer)
        writer.close()

    async def bodies(self, count: int, pause: float = 0.02) -> list[bytes]:
        settings = FetchSettings(
            user_agent="t/1", allow_addresses=("127.0.0.0/8",), host_delay_seconds=0.0
        )
        found = []
        async with WebFetcher(settings, SystemClock()) as fetcher:
            for _ in range(count):
                request = Request(url=f"http://127.0.0.2:{self.port}/", obey_robots=False)
                found.append((await fetcher.fetch(request)).body)
                await asyncio.sleep(pause)
        return found


async def test_a_server_that_has_closed_meanwhile_is_connected_to_again() -> None:
    async with Server((ANSWER,)) as server:
        assert await server.bodies(3) == [b"ok"] * 3
        assert server.connections == 3


async def test_what_a_server_says_unasked_is_never_taken_for_an_answer() -> None:
    late = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
    async with Server((ANSWER + late, ANSWER)) as server:
        assert await server.bodies(2) == [b"ok", b"ok"]
        assert server.connections == 2


async def test_hints_before_the_answer_are_passed_over() -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    async with Server((hint + ANSWER, ANSWER)) as server:
        assert await server.bodies(2) == [b"ok", b"ok"]
        assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [None, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", b"\x16\x03\x01\x02\x00\r\n\r\n"],
)  # fmt: skip
async def test_no_answer_is_a_protocol_failure(answer: bytes | None) -> None:
    async with Server((answer,)) as server:
        with pytest.raises(FetchError) as caught:
            await server.bodies(1)
    assert caught.value.reason == "protocol"


async def test_a_reader_that_is_slow_makes_the_server_wait_and_loses_nothing() -> None:
    body = b"x" * 3_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with Server((head + body,)) as server:
        assert await server.bodies(1) == [body]


async def test_a_huge_head_is_refused() -> None:
    async with Server((b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000,)) as server:
        with pytest.raises(FetchError) as caught:
            await server.bodies(1)
    assert not isinstance(caught.value, Truncated)
    assert caught.value.reason == "protocol"


async def test_the_transport_serves_a_client_of_httpx() -> None:
    transport = GuardedTransport(AddressGuard(("127.0.0.0/8",)), 4)
    async with (
        Server((ANSWER, ANSWER)) as server,
        httpx.AsyncClient(transport=transport, trust_env=False) as client,
    ):
        for _ in range(2):
            answer = await client.get(f"http://127.0.0.2:{server.port}/a?b=1")
            assert (answer.status_code, answer.text) == (200, "ok")
            assert answer.headers["content-type"] == "text/plain"
        assert server.connections == 1
        with pytest.raises(httpx.UnsupportedProtocol):
            await client.get("ftp://127.0.0.2/")
