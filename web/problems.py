"""Named errors as people see them: a page, a toast for htmx, or the way to sign-in. Nothing internal is shown."""

from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER

from foundation import mishaps
from foundation.errors import DomainError, Forbidden, NotFound, NotSignedIn
from foundation.language import N_, current_language, mark, translate
from foundation.request_id import current_request
from tenants.post_choice import PostNotChosen
from web.page import AnyRequest, PageResponse, fragment, is_htmx, page
from web.refusals import told

TITLES = {
    400: N_("请求无法处理"),
    403: N_("没有权限"),
    404: N_("没有找到"),
    405: N_("没有找到"),
    409: N_("与当前状态不符"),
    412: N_("内容已被更改"),
    413: N_("内容太大"),
    422: N_("有内容未按要求填写"),
    429: N_("操作太频繁"),
    500: N_("系统出错"),
    503: N_("系统正忙"),
}
UNEXPECTED = N_("系统出错，已记录。请稍后再试；若仍出错，请联系系统管理员。")
UNSEEN = N_("没有这一页，或者您在当前岗位不能查看。")
CSRF_FAILED = N_("页面已过期，请返回刷新后再提交")


def render(request: AnyRequest, error: Exception) -> PageResponse:
    """The one exception handler of the pages."""
    if isinstance(error, NotSignedIn):
        return _elsewhere(request, "/sign-in")
    if isinstance(error, PostNotChosen):
        return _elsewhere(request, "/posts")
    status, text = _named(error)
    if is_htmx(request):
        toast = fragment(request, "problems/toast.html", status, text=text, reference=_reference(status))
        toast.headers.update({"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
        return toast
    return _page(request, status, text)


def _page(request: AnyRequest, status: int, text: str) -> Template:
    subject = getattr(request.state, "subject", None)
    frame = "signed_in.html" if subject else "bare.html"
    title = TITLES.get(status, TITLES[400])
    if text == translate(title):
        text = translate(UNSEEN) if status in (403, 404) else ""
    shown: dict[str, str] = {"text": text, "frame": frame, "reference": _reference(status)}
    return page(request, "problems/problem.html", title=title, subject=subject, status=status, **shown)


def _reference(status: int) -> str:
    """For somebody to call with: of what went wrong on our side only."""
    return current_request.get() if status >= 500 else ""


def _elsewhere(request: AnyRequest, address: str) -> PageResponse:
    if is_htmx(request):
        return PageResponse(None, headers={"HX-Redirect": address}, status_code=200)
    keep = {"next": request.url.path} if request.method == "GET" and request.url.path != "/" else {}
    return Redirect(address, query_params=keep, status_code=HTTP_303_SEE_OTHER)


def _named(error: Exception) -> tuple[int, str]:
    language = current_language.get()
    if isinstance(error, DomainError):
        return error.status, mark("；").join(one.text(language) for one in told(error)) or error.text(language)
    if isinstance(error, HTTPException):
        return _of_framework(error.status_code, language)
    if isinstance(error, UnicodeDecodeError):  # a field of a multipart form that is not UTF-8
        return _of_framework(400, language)
    mishaps.record(error)
    return 500, DomainError.text(_Unexpected(), language)


def _of_framework(status: int, language: str) -> tuple[int, str]:
    """Litestar's own refusals: no such page, wrong method, forged form, broken input."""
    if status in (404, 405):
        return status, NotFound().text(language)
    if status == 403:
        return status, _CsrfFailed().text(language)
    return status, DomainError().text(language)


class _CsrfFailed(Forbidden):
    code = "csrf_failed"
    message = CSRF_FAILED


class _Unexpected(DomainError):
    code = "unexpected"
    status = 500
    message = UNEXPECTED
