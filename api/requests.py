"""What the API reads: a strict JSON body, strict query parameters, the version seen, the idempotency key."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import msgspec
from litestar import Response
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, respond
from foundation import idempotency
from foundation.errors import DomainError, FieldError, InvalidInput, VersionStale
from foundation.forms import UNKNOWN_FIELD, fields_of, parse
from foundation.idempotency import Answer
from foundation.language import N_
from tenants.subject import Subject

Form = TypeVar("Form", bound=Struct)
TAG = re.compile(r'"(\d{1,9})"')
DEEPEST = 20
"""Levels of nesting: our deepest form has three."""


class NotJson(DomainError):
    code = "not_json"
    status = 400
    message = N_("请求内容不是有效的 JSON 对象")


class NotJsonType(DomainError):
    code = "unsupported_media_type"
    status = 415
    message = N_("请求内容须为 application/json")


async def body(request: AnyRequest, form: type[Form]) -> Form:
    """The JSON body as a form; raises NotJsonType, NotJson, or InvalidInput naming every field."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJsonType
    try:
        raw = msgspec.json.decode(await request.body() or b"{}")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotJson from error
    if not isinstance(raw, dict):
        raise NotJson
    if broken := list(_unstorable(raw, "")):
        raise InvalidInput(*broken)
    return parse(form, raw, strict=True)


def query(request: AnyRequest, form: type[Form]) -> Form:
    """The query parameters as a form; one that is not known, or given twice, is refused."""
    known = {field.encode_name for field in fields_of(form)}
    given = request.query_params.dict()
    broken = [FieldError(name, "unknown", UNKNOWN_FIELD) for name in given if name not in known]
    broken += [FieldError(name, "repeated", N_("只能给一个值")) for name, values in given.items() if len(values) > 1]
    broken += list(_unstorable({name: values[0] for name, values in given.items()}, ""))
    if broken:
        raise InvalidInput(*broken)
    return parse(form, {name: values[0] for name, values in given.items()}, strict=False)


def version_seen(request: AnyRequest) -> int | None:
    """The version in If-Match; None when there is none. Anything but one strong tag of ours matches nothing."""
    given = request.headers.get("if-match")
    if given is None:
        return None
    match = TAG.fullmatch(given.strip())
    if match is None:
        raise VersionStale(seen=given[:40])
    return int(match[1])


async def once(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    produce: Callable[[], Awaitable[Answer]],
    content: bytes | None = None,
) -> Response[bytes]:
    """Do it, or, when the same Idempotency-Key did it before, repeat that answer.

    `content` is what makes two requests the same; without it the body is.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return respond(await produce())
    route = f"{request.method} {request.url.path}"
    sent = await request.body() if content is None else content
    parts = (sent, request.headers.get("if-match", "").encode(), str(subject.post_id).encode())
    stored = await idempotency.begin(session, subject.person_id, key, route, idempotency.hash_of(*parts))
    if stored is not None:
        return respond(stored)
    made = await produce()
    await idempotency.keep(session, subject.person_id, key, made)
    return respond(made)


def _unstorable(value: Any, path: str, depth: int = 0) -> Iterator[FieldError]:
    """PostgreSQL holds no NUL in a text, and nobody nests so deep."""
    if depth > DEEPEST:
        yield FieldError(path, "too_deep", N_("内容的形式不对"))
    elif isinstance(value, str) and "\x00" in value:
        yield FieldError(path, "malformed", N_("含有不能保存的字符"))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _unstorable(item, f"{path}.{name}".lstrip("."), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(item, f"{path}.{index}".lstrip("."), depth + 1)
