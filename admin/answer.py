"""An answer of Piccolo's, held back until the transaction has ended; and the headers that every one of them carries."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import asyncpg

from foundation import mishaps
from foundation.errors import DomainError, Forbidden
from foundation.language import N_, current_language

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


class Failed(DomainError):
    code = "unexpected"
    status = 500
    message = N_("系统出错，已记录。请稍后再试；若仍出错，请联系系统管理员。")


class Unstorable(DomainError):
    code = "value_refused"
    status = 422
    message = N_("有内容超出可以保存的范围，或与其他内容冲突")


class HeldAnswer:
    """Collects what the application sends; an exception becomes an answer too."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    @property
    def succeeded(self) -> bool:
        return bool(self._messages) and int(self._messages[0]["status"]) < 400

    async def run(self, application: Application, scope: Scope, receive: Receive) -> None:
        async def hold(message: Message) -> None:
            self._messages.append(message)

        try:
            await application(scope, receive, hold)
        except (
            Exception
        ) as error:  # whatever Piccolo raises: nothing may be committed, and a person waits for an answer
            self._replace(_named(error))

    async def committing(self, commit: Callable[[], Awaitable[None]]) -> None:
        """A commit that fails is the answer."""
        try:
            await commit()
        except asyncpg.PostgresError as error:
            self._replace(_named(error))

    async def send(self, send: Send) -> None:
        outward = with_headers(send)
        for message in self._messages:
            await outward(message)

    def _replace(self, error: DomainError) -> None:
        self._messages = _messages(error.status, {"detail": error.text(current_language.get())})


async def done(send: Send) -> None:
    """A plain 200."""
    for message in _messages(200, {"status": "ok"}):
        await with_headers(send)(message)


def _messages(status: int, value: dict[str, str]) -> list[Message]:
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    return [
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body, "more_body": False},
    ]


def with_headers(send: Send) -> Send:
    """The office's own policy instead of the pages'."""

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await send(message)

    return outward


def _named(error: Exception) -> DomainError:
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return Forbidden()
    if isinstance(error, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError):
        return Unstorable()
    if isinstance(error, ValueError):  # Piccolo's answer to an order by a column that is not there
        return Unstorable()
    mishaps.record(error)
    return Failed()
