"""What stands outside in tests: a carrier that remembers, an SMTP server and a web server on this machine."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from oversight import senders
from oversight.channels import ChannelKind
from oversight.senders import NotSent, Outside, Words

PLATFORM = "https://mediation.example.cn"


class Carrier:
    """Keeps what it was given; refuses as often as told."""

    def __init__(self) -> None:
        self.sent: list[Words] = []
        self.refusals: list[NotSent] = []

    async def send(self, words: Words) -> None:
        if self.refusals:
            raise self.refusals.pop()
        self.sent.append(words)


@contextmanager
def carried(*kinds: ChannelKind) -> Iterator[Carrier]:
    """One carrier for these kinds (all without any), as long as the block lasts."""
    before, carrier = senders.chosen(), Carrier()
    senders.use(Outside(dict.fromkeys(kinds or tuple(ChannelKind), carrier), PLATFORM))
    yield carrier
    senders.use(before)


class SmtpSink:
    """As much of SMTP (RFC 5321) as a letter needs. `refuse`: the answer to RCPT, when it is not 250."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuse = ""

    async def __call__(self, reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while command := (await reader.readline()).decode().strip():
            verb = command[:4].upper()
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                self.letters.append(message_from_bytes(content[:-3], policy=policy.default))
            answer = self.refuse if verb == "RCPT" and self.refuse else "221 bye" if verb == "QUIT" else "250 ok"
            writer.write(answer.encode() + b"\r\n")
            if verb == "QUIT":
                break
        writer.close()
        await writer.wait_closed()


class WebSink:
    """Answers each POST with the next status, at last with 200 for ever."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def __call__(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append((headers, body))
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(f"HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1/other\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(sink: Callable[[StreamReader, StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    """The port."""
    server = await asyncio.start_server(sink, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
