"""Named errors of the domain. Each carries a code, a status and a Chinese message that the catalogue translates.

One renderer per door turns them into problem details (API) or into the page (web).
"""

from typing import ClassVar

from msgspec import Struct

from foundation.language import N_, translate


class DomainError(Exception):
    """Base of all named errors; `params` fill the message and go to the API as members of the problem."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[str] = N_("请求无法处理")

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code)

    @property
    def retry_after(self) -> int | None:
        """Seconds until the same may be tried again, where that is known."""
        return None

    def text(self, language: str) -> str:
        return translate(self.message, language, **{k: translate_param(v, language) for k, v in self.params.items()})


def translate_param(value: object, language: str) -> object:
    """Words that came from the vocabulary are translated; numbers and dates stay."""
    return translate(value, language) if isinstance(value, str) else value


class FieldError(Struct, frozen=True):
    """One broken rule at one field. `field` is a path such as `petitioners.0.name`; `message` a msgid."""

    field: str
    rule: str
    message: str
    params: dict[str, object] = {}

    def text(self, language: str) -> str:
        return translate(self.message, language, **{k: translate_param(v, language) for k, v in self.params.items()})


class InvalidInput(DomainError):
    """The input breaks a rule of its own form; names every field."""

    code = "invalid_input"
    status = 422
    message = N_("有内容未按要求填写")

    def __init__(self, *fields: FieldError) -> None:
        super().__init__()
        self.fields = fields


def invalid(field: str, rule: str, message: str, **params: object) -> InvalidInput:
    """One field's broken rule as an error ready to raise."""
    return InvalidInput(FieldError(field, rule, message, params))


class NotFound(DomainError):
    """Absent or invisible: a stranger can't tell which."""

    code = "not_found"
    status = 404
    message = N_("没有找到")


class Forbidden(DomainError):
    """Visible, but this act is not the subject's."""

    code = "forbidden"
    status = 403
    message = N_("您的岗位没有这项权限")


class NotSignedIn(DomainError):
    code = "not_signed_in"
    status = 401
    message = N_("请先登录")


class Conflict(DomainError):
    """The state refuses the move, or a race was lost."""

    code = "conflict"
    status = 409
    message = N_("当前状态不允许这样做")


class VersionRequired(DomainError):
    code = "version_required"
    status = 428
    message = N_("请带上您所见的版本（If-Match）")


class VersionStale(DomainError):
    code = "version_stale"
    status = 412
    message = N_("内容已被他人更改，请先看新内容")
