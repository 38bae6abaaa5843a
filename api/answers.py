"""What the API answers: JSON with every instant in the zone of Yunnan, and the version as an ETag."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from foundation.clock import SHANGHAI
from foundation.idempotency import Answer

AnyRequest = Request[Any, Any, State]
JSON = "application/json"


def answer(
    value: Any, *, status: int = 200, version: int | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """`value` (structs, lists, mappings) as an answer that can be kept and repeated."""
    tag = {} if version is None else {"ETag": etag(version)}
    return Answer(status, {**tag, **(headers or {})}, encode(value).decode())


def respond(given: Answer) -> Response[bytes]:
    return Response(given.body.encode(), status_code=given.status, headers=given.headers, media_type=JSON)


def nothing() -> Response[None]:
    """204."""
    return Response(None, status_code=204)


def encode(value: Any) -> bytes:
    return msgspec.json.encode(_at_home(msgspec.to_builtins(value, builtin_types=(datetime,))))


def etag(version: int) -> str:
    return f'"{version}"'


def _at_home(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI)
    if isinstance(value, dict):
        return {name: _at_home(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_at_home(item) for item in value]
    return value
