"""权限矩阵: who may do what, by role, tier, relation and action, with the rule behind each cell; also of a draft."""

import asyncio
from uuid import UUID

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import NotFound
from foundation.language import N_, current_language
from policies import gate, named
from policies.drafts import RuleDraft, draft_seen
from policies.editions import content_in_force
from policies.faults import PolicyBroken
from policies.matrix import AXES, NAMES, Wish, grid
from policies.matrix_sheet import SheetFile, matrix_file
from policies.rules import RuleBook, parse
from tenants.subject import Subject
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page

LABELS = {"role": N_("岗位"), "tier": N_("层级"), "relation": N_("与案件的关系"), "action": N_("行为")}


@get("/policy/matrix")
async def matrix_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    draft = await _draft(request, session, subject)
    book = gate.opened().book if draft is None else await _book(draft)
    wish = _wish(request)
    return page(
        request,
        "policy/matrix.html",
        title=N_("权限矩阵"),
        subject=subject,
        draft=draft,
        edition=gate.opened().edition,
        wish=wish,
        grid=await asyncio.to_thread(grid, book, wish),
        rules=book.rules,
        axes=NAMES,
        labels=LABELS,
        named=named,
        names={
            "role": named.role_named,
            "tier": named.tier_named,
            "relation": named.relation_named,
            "action": named.action_named,
        },
    )


@get(["/policy/matrix.xlsx", "/policy/matrix.csv"])
async def sheet(request: AnyRequest, subject: TheSubject, session: TheSession) -> Response[bytes]:
    draft = await _draft(request, session, subject)
    number, content = await content_in_force(session)
    form = request.url.path.rpartition(".")[2]
    wanted = content if draft is None else draft.content
    return download(await asyncio.to_thread(matrix_file, wanted, number, form, current_language.get()))


def download(file: SheetFile) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.kind, headers=headers)


def _wish(request: AnyRequest) -> Wish:
    """A word that nobody knows is none."""
    given = {axis: request.query_params.get(axis) or None for axis in AXES}
    known = {axis: word if word in AXES[axis] else None for axis, word in given.items()}
    return Wish(**known, whole=request.query_params.get("whole") == "1")


async def _draft(request: AnyRequest, session: AsyncSession, subject: Subject) -> RuleDraft | None:
    """Raises Forbidden and NotFound for a draft that is not the reader's to see."""
    given = request.query_params.get("draft")
    if not given:
        return None
    try:
        wanted = UUID(given)
    except ValueError as error:
        raise NotFound from error
    return await draft_seen(session, subject, wanted)


async def _book(draft: RuleDraft) -> RuleBook:
    """A draft in which two rules say the same can't be drawn: the page of the draft says why."""
    try:
        return await asyncio.to_thread(parse, draft.content)
    except PolicyBroken as error:
        raise NotFound from error


ROUTES = [matrix_page, sheet]
