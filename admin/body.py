"""A request's body, read before Piccolo sees it: not endless, and an object where Piccolo takes that for granted."""

import json

from admin.answer import Message, Receive
from foundation.errors import DomainError
from foundation.language import N_

LARGEST = 64 * 1024
FORMS = "/api/forms/"


class BodyTooLarge(DomainError):
    code = "body_too_large"
    status = 413
    message = N_("提交的内容过大")


class NoObject(DomainError):
    code = "malformed"
    status = 422
    message = N_("提交的内容形式不对")


async def read_whole(method: str, path: str, receive: Receive) -> Receive:
    """A `receive` that gives the whole body at once. Raises BodyTooLarge, NoObject."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST:
            raise BodyTooLarge
    if method == "POST" and path.startswith(FORMS) and not _is_object(body):
        raise NoObject
    return _given(body)


def _given(body: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
