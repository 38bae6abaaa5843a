"""A draft of rules as pages: its rows, what it would change, and the second person's approval."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.language import N_, current_language
from policies import approval, draft_edits, draft_view, named
from policies.approval import ApprovalForm
from policies.draft_edits import DraftChange
from policies.drafts import DraftForm, draft_seen, open_draft, withdraw
from policies.faults import PolicyBroken
from policies.matrix_sheet import rules_file
from policies.rows import read
from policies.what_if import WhatIf, what_if
from tenants.subject import Subject
from web.acts import version_in
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read as read_typed
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.policy_matrix import download
from web.posted import fields_in, files_in

UNREADABLE = N_("请上传 UTF-8 编码的 CSV 文件")


@post("/policy/drafts")
async def open_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    typed = read_typed(fields_of(DraftForm), await fields_in(request))
    try:
        form: Any = fill(DraftForm, typed)
    except InvalidInput as error:
        shown = refused(DraftForm, typed, error.fields, {})
        return page(
            request,
            "policy/refused.html",
            title=N_("起草规则"),
            subject=subject,
            status=error.status,
            form=shown,
            faults=(),
            back="/policy",
        )
    draft = await open_draft(session, subject, form)
    return go(f"/policy/drafts/{draft.id}")


@get("/policy/drafts/{draft_id:uuid}")
async def draft_page(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    return await _draft(request, subject, session, draft_id)


@get("/policy/drafts/{draft_id:uuid}/rules.csv")
async def draft_file(subject: TheSubject, session: TheSession, draft_id: PathId) -> Response[bytes]:
    draft = await draft_seen(session, subject, draft_id)
    return download(rules_file(draft.content, f"draft-{draft.version}"))


@post("/policy/drafts/{draft_id:uuid}/upload")
async def upload_post(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    """The whole set from a file; every wrong word is named with its line."""
    sent = (await files_in(request)).get("file")
    try:
        content = (await sent.read()).decode("utf-8-sig") if sent else None
    except UnicodeDecodeError:
        content = None
    version = version_in(await fields_in(request))
    if content is None:
        return await _draft(request, subject, session, draft_id, status=422, refusal=UNREADABLE)
    change = DraftChange(content=content.replace("\r\n", "\n"))
    return await attempt(
        request, subject, session, draft_id, lambda: draft_edits.edit(session, subject, draft_id, version, change)
    )


@post("/policy/drafts/{draft_id:uuid}/rebase")
async def rebase_post(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    version = version_in(await fields_in(request))
    both: list[str] = []

    async def rebase() -> None:
        _, found = await draft_edits.rebase(session, subject, draft_id, version)
        both.extend(found)

    refusal = await attempted(session, rebase)
    return await _draft(request, subject, session, draft_id, both=both, **refusal)


@post("/policy/drafts/{draft_id:uuid}/withdraw")
async def withdraw_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId
) -> PageResponse:
    version = version_in(await fields_in(request))
    return await attempt(
        request, subject, session, draft_id, lambda: withdraw(session, subject, draft_id, version), "/policy"
    )


@get("/policy/drafts/{draft_id:uuid}/what-if")
async def what_if_page(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    return await _judged(request, subject, session, draft_id, "policy/what_if.html", N_("如果草案生效"))


@get("/policy/drafts/{draft_id:uuid}/approve")
async def approve_page(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    return await _approval(request, subject, session, draft_id, fresh(ApprovalForm, {}, {}))


@post("/policy/drafts/{draft_id:uuid}/approve")
async def approve_post(request: AnyRequest, subject: TheSubject, session: TheSession, draft_id: PathId) -> PageResponse:
    """In force in every process within a second, or refused with nothing changed."""
    data = await fields_in(request)
    typed = read_typed(fields_of(ApprovalForm), data)
    try:
        form: Any = fill(ApprovalForm, typed)
        async with session.begin_nested():
            edition = await approval.approve(session, subject, draft_id, version_in(data), form)
    except InvalidInput as error:
        shown = refused(ApprovalForm, typed, error.fields, {})
        return await _approval(request, subject, session, draft_id, shown, status=error.status)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        shown, said = refused(ApprovalForm, typed, (), {}), error.text(current_language.get())
        return await _approval(request, subject, session, draft_id, shown, status=error.status, refusal=said)
    return go(f"/policy/editions/{edition.number}")


async def attempt(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    draft_id: UUID,
    do: Callable[[], Coroutine[Any, Any, Any]],
    then: str = "",
) -> PageResponse:
    """Do it and see the draft (or `then`); or the draft again with why not."""
    refusal = await attempted(session, do)
    if not refusal:
        return go(then or f"/policy/drafts/{draft_id}")
    return await _draft(request, subject, session, draft_id, **refusal)


async def attempted(session: AsyncSession, do: Callable[[], Coroutine[Any, Any, Any]]) -> dict[str, Any]:
    """What the page says of a refusal; nothing when all went well."""
    try:
        async with session.begin_nested():
            await do()
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        session.expire_all()
        said = error.text(current_language.get())
        return {"status": error.status, "refusal": said, "faults": getattr(error, "faults", ())}
    return {}


async def _draft(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    draft_id: UUID,
    *,
    status: int = 200,
    refusal: str = "",
    faults: Sequence[object] = (),
    both: Sequence[str] = (),
) -> PageResponse:
    view = await draft_view.view(session, subject, draft_id, current_language.get())
    draft = await draft_seen(session, subject, draft_id)
    return page(
        request,
        "policy/draft.html",
        title=N_("规则草案"),
        subject=subject,
        status=status,
        view=view,
        rows=[row for _, row in read(draft.content)],
        refusal=refusal,
        faults=faults,
        both=both,
        named=named,
    )


async def _approval(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    draft_id: UUID,
    form: BoundForm,
    *,
    status: int = 200,
    refusal: str = "",
) -> PageResponse:
    more: Mapping[str, Any] = {"form": form, "refusal": refusal}
    return await _judged(request, subject, session, draft_id, "policy/approve.html", N_("批准规则"), status, **more)


async def _judged(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    draft_id: UUID,
    template: str,
    title: str,
    status: int = 200,
    **more: Any,
) -> PageResponse:
    """A page over what the draft would change."""
    view = await draft_view.view(session, subject, draft_id, current_language.get())
    draft = await draft_seen(session, subject, draft_id)
    found: WhatIf | None
    try:
        found = await what_if(session, draft.base_content, draft.content)
    except PolicyBroken:
        found = None  # the page says what is wrong with the set
    return page(
        request, template, title=title, subject=subject, status=status, view=view, found=found, named=named, **more
    )


ROUTES = [
    open_post, draft_page, draft_file, upload_post, rebase_post, withdraw_post, what_if_page, approve_page,
    approve_post,
]  # fmt: skip
