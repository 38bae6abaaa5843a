"""A process that only asks: requests made beforehand, over connections that stay open, as little work as can be.

On two cores a client that does more than that measures itself. It reads JSON, `Load`, and writes JSON, `Answers`.
"""

import selectors
import socket
import sys
from collections.abc import Iterator
from time import perf_counter

import msgspec
from msgspec import Struct

HEAD_END, LENGTH = b"\r\n\r\n", b"content-length: "
LARGEST = 65536


class Client(Struct):
    """One connection to a port, and what is asked over it, one after the other."""

    port: int
    requests: list[bytes]


class Answers(Struct):
    """The seconds of each request that was answered with 200, and what else was answered."""

    seconds: list[float]
    took: float
    refused: list[str]


class Talk:
    """One client's connection: at most one request is under way."""

    def __init__(self, client: Client) -> None:
        self.waiting: Iterator[bytes] = iter(client.requests)
        self.socket = socket.create_connection(("127.0.0.1", client.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got, self.asked = b"", 0.0

    def ask(self) -> bool:
        """The next one; False when there is none."""
        request = next(self.waiting, None)
        if request is not None:
            self.got, self.asked = b"", perf_counter()
            self.socket.sendall(request)
        return request is not None

    def answered(self) -> bool:
        """Take what has come; whether the answer is whole."""
        more = self.socket.recv(LARGEST)
        if not more:
            raise ConnectionError("the server closed the connection")
        self.got += more
        head, end, body = self.got.partition(HEAD_END)
        return bool(end) and len(body) >= _length(head)


def _length(head: bytes) -> int:
    return int(head.lower().partition(LENGTH)[2].partition(b"\r\n")[0])


def ask_all(clients: list[Client]) -> Answers:
    """All clients at once, until each has asked everything."""
    answers, began = Answers([], 0.0, []), perf_counter()
    with selectors.DefaultSelector() as selector:
        for client in clients:
            talk = Talk(client)
            selector.register(talk.socket, selectors.EVENT_READ, talk)
            talk.ask()
        while selector.get_map():
            for key, _ in selector.select():
                _go_on(selector, key.data, answers)
    answers.took = perf_counter() - began
    return answers


def _go_on(selector: selectors.BaseSelector, talk: Talk, answers: Answers) -> None:
    if not talk.answered():
        return
    if talk.got.startswith(b"HTTP/1.1 200"):
        answers.seconds.append(perf_counter() - talk.asked)
    else:
        answers.refused.append(talk.got.decode(errors="replace"))
    if not talk.ask():
        selector.unregister(talk.socket)
        talk.socket.close()


if __name__ == "__main__":
    print(msgspec.json.encode(ask_all(msgspec.json.decode(sys.stdin.buffer.read(), type=list[Client]))).decode())
