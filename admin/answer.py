"""An answer of Piccolo's, held back until the transaction has ended; and the headers that every one of them carries."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import asyncpg

from admin.broken import explained, named
from admin.refusing import refusals
from foundation.errors import DomainError
from foundation.language import current_language
from foundation.lost import is_lost

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Measured in Chromium with Piccolo Admin 1.14: its icons and its editor put <style> elements into the page, so styles
# need 'unsafe-inline'; scripts need neither that nor 'unsafe-eval'.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
HEADERS = ((b"content-security-policy", POLICY.encode()), (b"cache-control", b"no-store"))
JSON, TEXT = b"application/json", b"text/plain; charset=utf-8"


class HeldAnswer:
    """Collects what the application sends; an exception, and a refusal in Piccolo's own words, become a named error.

    A lost connection is raised: the application around has the answer to that.
    """

    def __init__(self, titles: Mapping[str, str]) -> None:
        """`titles`: of the fields that a refusal may name."""
        self._titles = titles
        self._messages: list[Message] = []
        self.refusal: DomainError | None = None

    @property
    def status(self) -> int:
        return int(self._messages[0]["status"])

    @property
    def succeeded(self) -> bool:
        return bool(self._messages) and self.status < 400

    async def run(self, application: Application, scope: Scope, receive: Receive) -> None:
        async def hold(message: Message) -> None:
            self._messages.append(message)

        noted: list[DomainError] = []
        token = refusals.set(noted)
        try:
            await application(scope, receive, hold)
        except (
            Exception
        ) as error:  # whatever Piccolo raises: nothing may be committed, and a person waits for an answer
            if is_lost(error):
                raise
            self._refuse(named(error))
        finally:
            refusals.reset(token)
        if noted:
            self._refuse(noted[-1])
        elif not self.succeeded and self.refusal is None:
            self._refuse(explained(self.status, self._body(), self._titles))

    async def committing(self, commit: Callable[[], Awaitable[None]]) -> None:
        """A commit that fails is the answer."""
        try:
            await commit()
        except asyncpg.PostgresError as error:
            if is_lost(error):
                raise
            self._refuse(named(error))

    def reword(self, words: Callable[[Any], Any]) -> None:
        """The JSON of a successful answer, said otherwise."""
        self.rewrite(lambda body: json.dumps(words(json.loads(body)), ensure_ascii=False).encode())

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """The body of a successful answer, changed."""
        said = change(self._body())
        start = self._messages[0]
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(said)).encode()))
        self._messages = [{**start, "headers": headers}, _whole(said)]

    async def send(self, send: Send) -> None:
        outward = with_headers(send)
        for message in self._messages:
            await outward(message)

    def _body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self._messages[1:])

    def _refuse(self, error: DomainError) -> None:
        """Piccolo's page shows this member of a 422, and any other refusal when it is plain text."""
        self.refusal = error
        text = error.text(current_language.get())
        if error.status == 422:
            said = json.dumps({"custom_form_error": text}, ensure_ascii=False)
            self._messages = _messages(error.status, JSON, said.encode())
        else:
            self._messages = _messages(error.status, TEXT, text.encode())


async def done(send: Send) -> None:
    """A plain 200."""
    for message in _messages(200, JSON, b'{"status": "ok"}'):
        await with_headers(send)(message)


def _messages(status: int, media_type: bytes, body: bytes) -> list[Message]:
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    return [{"type": "http.response.start", "status": status, "headers": headers}, _whole(body)]


def _whole(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": False}


def with_headers(send: Send) -> Send:
    """The office's own policy instead of the pages'."""

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await send(message)

    return outward
