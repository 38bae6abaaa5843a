"""Named errors as programs see them: RFC 9457 problem details in the language of Accept-Language."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from msgspec import UNSET, Struct, UnsetType

from foundation import mishaps
from foundation.errors import DomainError, FieldError, Forbidden, InvalidInput, NotFound
from foundation.language import N_, current_language, translate
from foundation.request_id import current_request

MEDIA_TYPE = "application/problem+json"
NAMESPACE = "urn:tiaojie:problem:"
TITLES = {
    400: N_("请求无法处理"),
    401: N_("尚未登录"),
    403: N_("没有权限"),
    404: N_("没有找到"),
    405: N_("此地址不支持这种方法"),
    409: N_("与当前状态不符"),
    412: N_("内容已被更改"),
    413: N_("内容太大"),
    415: N_("内容类型不受支持"),
    422: N_("有内容未按要求填写"),
    428: N_("缺少版本"),
    429: N_("操作太频繁"),
    500: N_("系统出错"),
    503: N_("系统正忙"),
}


class BrokenField(Struct, frozen=True):
    """One broken rule: `field` is a path such as `petitioners.0.name`, `rule` a code."""

    field: str
    rule: str
    message: str


class Problem(Struct, frozen=True):
    """`code` is stable for programs; `detail` is for people; `instance` finds this very request in the log."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str | UnsetType = UNSET
    errors: list[BrokenField] | UnsetType = UNSET
    params: dict[str, Any] | UnsetType = UNSET


class MethodNotAllowed(DomainError):
    code = "method_not_allowed"
    status = 405
    message = N_("此地址不支持这种方法")


class BodyTooLarge(DomainError):
    code = "body_too_large"
    status = 413
    message = N_("请求内容太大")


class Unexpected(DomainError):
    code = "unexpected"
    status = 500
    message = N_("系统出错，已记录。请稍后再试；若仍出错，请联系系统管理员。")


OF_FRAMEWORK: dict[int, type[DomainError]] = {
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
}
"""Litestar's own refusals; what is missing here is a malformed request."""


def render(request: Request[Any, Any, State], error: Exception) -> Response[bytes]:
    """The one exception handler of the API."""
    shown = problem(_named(error), current_language.get())
    headers = {"WWW-Authenticate": "Bearer"} if shown.status == 401 else {}
    return Response(msgspec.json.encode(shown), status_code=shown.status, media_type=MEDIA_TYPE, headers=headers)


def problem(error: DomainError, language: str) -> Problem:
    return Problem(
        type=NAMESPACE + error.code,
        title=translate(TITLES.get(error.status, TITLES[400]), language),
        status=error.status,
        code=error.code,
        detail=error.text(language),
        instance=f"urn:uuid:{request_id}" if (request_id := current_request.get()) else UNSET,
        errors=[_broken(field, language) for field in error.fields] if isinstance(error, InvalidInput) else UNSET,
        params=_plain(error.params) or UNSET,
    )


def _broken(field: FieldError, language: str) -> BrokenField:
    return BrokenField(field.field, field.rule, field.text(language))


def _plain(params: dict[str, object]) -> dict[str, Any]:
    """Numbers and codes; anything else as its text."""
    return {name: value if isinstance(value, int | str | None) else str(value) for name, value in params.items()}


def _named(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, HTTPException) and error.status_code < 500:
        return OF_FRAMEWORK.get(error.status_code, DomainError)()
    if isinstance(error, UnicodeDecodeError):  # a field of a multipart form that is not UTF-8
        return DomainError()
    mishaps.record(error)
    return Unexpected()
