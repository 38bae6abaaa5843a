"""Drafts of rules: written by one person, judged by what they would open and close, approved by another."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import PathId, PathNumber, TheSession, TheSubject
from api.policy import TAG, known, sheet
from api.requests import body, version_seen
from foundation.errors import InvalidInput
from foundation.language import N_, current_language
from policies import approval, draft_edits, draft_view
from policies.approval import ApprovalForm
from policies.draft_edits import DraftChange
from policies.draft_view import DraftRow, DraftView
from policies.drafts import DraftForm, draft_seen, open_draft, withdraw
from policies.faults import PolicyBroken
from policies.rows import RuleRow, read
from policies.what_if import WhatIf, what_if
from tenants.subject import Subject

BY_PERSON = N_("须本人登录后办理；程序令牌不能起草或批准规则")


class Draft(Struct, frozen=True):
    """With all its rules; `both` names those that the draft and the edition in force had changed differently."""

    view: DraftView
    rules: list[RuleRow]
    both: list[str] = []


class EditionMade(Struct, frozen=True):
    """In force in every process within a second."""

    number: int
    version: str


class RollBackForm(Struct, frozen=True):
    title: Annotated[str, Meta(title=N_("为什么恢复"), min_length=2, max_length=200)]


async def list_drafts(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await draft_view.list_drafts(session, subject)))


async def make(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    draft = await open_draft(session, subject, await body(request, DraftForm))
    return await _shown(session, subject, draft.id, status=201)


async def one(session: TheSession, subject: TheSubject, draft_id: PathId) -> Response[bytes]:
    return await _shown(session, subject, draft_id)


async def change(request: AnyRequest, session: TheSession, subject: TheSubject, draft_id: PathId) -> Response[bytes]:
    form = await body(request, DraftChange)
    await draft_edits.edit(session, subject, draft_id, version_seen(request), form)
    return await _shown(session, subject, draft_id)


async def drop(request: AnyRequest, session: TheSession, subject: TheSubject, draft_id: PathId) -> Response[None]:
    await withdraw(session, subject, draft_id, version_seen(request))
    return nothing()


async def rebase(request: AnyRequest, session: TheSession, subject: TheSubject, draft_id: PathId) -> Response[bytes]:
    _, both = await draft_edits.rebase(session, subject, draft_id, version_seen(request))
    return await _shown(session, subject, draft_id, both=both)


async def touches(session: TheSession, subject: TheSubject, draft_id: PathId) -> Response[bytes]:
    draft = await draft_seen(session, subject, draft_id)
    try:
        found = await what_if(session, draft.base_content, draft.content)
    except PolicyBroken as broken:
        raise InvalidInput(*(fault.at("rules") for fault in broken.faults)) from broken
    return respond(answer(found))


async def draft_xlsx(session: TheSession, subject: TheSubject, draft_id: PathId) -> Response[bytes]:
    draft = await draft_seen(session, subject, draft_id)
    return await sheet(draft.content, draft.base_edition, "xlsx")


async def approve(request: AnyRequest, session: TheSession, subject: TheSubject, draft_id: PathId) -> Response[bytes]:
    form = await body(request, ApprovalForm)
    edition = await approval.approve(session, subject, draft_id, version_seen(request), form)
    return respond(answer(EditionMade(edition.number, edition.version), status=201))


async def roll_back(
    request: AnyRequest, session: TheSession, subject: TheSubject, edition: PathNumber
) -> Response[bytes]:
    title = (await body(request, RollBackForm)).title
    draft = await draft_edits.roll_back(session, subject, known(edition), title)
    return await _shown(session, subject, draft.id, status=201)


async def _shown(
    session: AsyncSession, subject: Subject, draft_id: UUID, *, status: int = 200, both: list[str] | None = None
) -> Response[bytes]:
    view = await draft_view.view(session, subject, draft_id, current_language.get())
    draft = await draft_seen(session, subject, draft_id)
    shown = Draft(view, [row for _, row in read(draft.content)], both or [])
    return respond(answer(shown, status=status, version=draft.version))


ONE = "/policy/drafts/{draft_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/policy/drafts",
        name="ruleDrafts",
        tag=TAG,
        title=N_("规则草案"),
        handler=list_drafts,
        answer=list[DraftRow],
    ),
    Endpoint(
        method="POST",
        path="/policy/drafts",
        name="openRuleDraft",
        tag=TAG,
        title=N_("从现行规则起草"),
        help=BY_PERSON,
        handler=make,
        body=DraftForm,
        answer=Draft,
        status=201,
        refuses=(409,),
    ),
    Endpoint(method="GET", path=ONE, name="ruleDraft", tag=TAG, title=N_("一份规则草案"), handler=one, answer=Draft),
    Endpoint(
        method="PATCH",
        path=ONE,
        name="changeRuleDraft",
        tag=TAG,
        title=N_("修改草案：增、改、删规则，或整体替换"),
        help=BY_PERSON,
        handler=change,
        body=DraftChange,
        answer=Draft,
        versioned=True,
    ),
    Endpoint(
        method="DELETE",
        path=ONE,
        name="withdrawRuleDraft",
        tag=TAG,
        title=N_("撤回草案"),
        help=BY_PERSON,
        handler=drop,
        status=204,
        versioned=True,
    ),
    Endpoint(
        method="POST",
        path=ONE + "/rebase",
        name="rebaseRuleDraft",
        tag=TAG,
        title=N_("把草案合并到现行规则上"),
        help=BY_PERSON,
        handler=rebase,
        answer=Draft,
        versioned=True,
    ),
    Endpoint(
        method="GET",
        path=ONE + "/what-if",
        name="ruleDraftWhatIf",
        tag=TAG,
        title=N_("草案若生效：开放、关闭的权限及涉及的人和案件"),
        handler=touches,
        answer=WhatIf,
        refuses=(422,),
    ),
    Endpoint(
        method="GET",
        path=ONE + "/matrix.xlsx",
        name="ruleDraftSheet",
        tag=TAG,
        title=N_("草案的权限矩阵（电子表格）"),
        handler=draft_xlsx,
        download=True,
        kinds=("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
        refuses=(422,),
    ),
    Endpoint(
        method="POST",
        path=ONE + "/approve",
        name="approveRuleDraft",
        tag=TAG,
        title=N_("批准草案（须另一名省级安全管理员）"),
        help=BY_PERSON,
        handler=approve,
        body=ApprovalForm,
        answer=EditionMade,
        status=201,
        versioned=True,
    ),
    Endpoint(
        method="POST",
        path="/policy/editions/{edition:int}/roll-back",
        name="rollBackRules",
        tag=TAG,
        title=N_("恢复某一版：以其内容起草"),
        help=BY_PERSON,
        handler=roll_back,
        body=RollBackForm,
        answer=Draft,
        status=201,
        refuses=(409,),
    ),
)
