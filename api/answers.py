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
    plain = [msgspec.to_builtins(value, builtin_types=(datetime,))]
    _bring_home(plain)
    return msgspec.json.encode(plain[0])


def etag(version: int) -> str:
    return f'"{version}"'


def _bring_home(within: Any) -> None:
    """Every instant in a dict or list, in place: an answer has hundreds of values, and hardly any of them is one."""
    for key, value in within.items() if isinstance(within, dict) else enumerate(within):
        kind = type(value)
        if kind is datetime:
            within[key] = value.astimezone(SHANGHAI)
        elif kind is dict or kind is list:
            _bring_home(value)
