"""移交去向: what a tenant passed on and why, what came round again, and which of its former cases it may still see."""

from collections.abc import Iterator
from typing import Any

from litestar import get
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import invalid
from foundation.language import N_, translate
from handover.passed_cases import PassedCase, came_round, passed_cases
from indicators.overview import OWN_AND_LOWER
from indicators.passed_on import Figures, PassedOn, passed_on
from tenants.models import Tenant
from tenants.subject import Subject
from web.given import PathNumber, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.table_file import table_file
from web.words import word

TITLE = N_("移交去向")
COLUMNS = (
    ("passed", N_("已移出")),
    ("returned", N_("被退回")),
    ("ended", N_("未成")),
    ("days", N_("移出前平均停留天数")),
)
LOOPED = ("looped", N_("回到原单位"))
TITLES = (N_("单位"), N_("方向"), N_("理由"), *(label for _, label in COLUMNS))
FILE_TITLES = (*TITLES, LOOPED[1])
LONGEST = 9
"""Digits of a number in an address."""


@get("/passed-on")
async def own_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _page(request, subject, session, None)


@get("/passed-on/{tenant_id:int}")
async def page_below(
    request: AnyRequest, subject: TheSubject, session: TheSession, tenant_id: PathNumber
) -> PageResponse:
    return await _page(request, subject, session, tenant_id)


async def _page(request: AnyRequest, subject: Subject, session: AsyncSession, tenant_id: int | None) -> PageResponse:
    view = await _view(request, subject, session, tenant_id)
    after = request.query_params.get("after") or None
    return page(
        request,
        "handover/passed_on.html",
        title=TITLE,
        subject=subject,
        view=view,
        cases=await passed_cases(session, subject, view.tenant_id, after),
        round_again=await _round(session, subject, view),
        columns=COLUMNS,
        with_loops=(*COLUMNS, LOOPED),
    )


@get("/passed-on.csv")
async def own_table(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The counts of one tenant and its year (`tenant`, `year`): by reason, and the sums of those right below."""
    typed = request.query_params.get("tenant") or None
    view = await _view(request, subject, session, None if typed is None else number(typed, "tenant"))
    return table_file(f"{translate(TITLE)} {view.name} {view.year}", FILE_TITLES, _rows(view))


def _rows(view: PassedOn) -> Iterator[list[str]]:
    for row in view.reasons:
        reason = [word(row.direction, "passed_direction"), word(row.reason, "passed_reason")]
        yield [view.name, *reason, *_cells(row.figures, COLUMNS), ""]
    yield [view.name, translate(N_("本级合计")), "", *_cells(view.own, (*COLUMNS, LOOPED))]
    for child in view.below:
        yield [child.name, translate(N_("含下级合计")), "", *_cells(child.figures, (*COLUMNS, LOOPED))]


def _cells(figures: Figures, columns: tuple[tuple[str, str], ...]) -> list[str]:
    values: list[Any] = [getattr(figures, key) for key, _ in columns]
    return ["" if value is None else str(value) for value in values]


async def _view(request: AnyRequest, subject: Subject, session: AsyncSession, tenant_id: int | None) -> PassedOn:
    typed = request.query_params.get("year") or None
    return await passed_on(session, subject, tenant_id, None if typed is None else number(typed, "year"))


async def _round(session: AsyncSession, subject: Subject, view: PassedOn) -> tuple[PassedCase, ...]:
    own, _ = OWN_AND_LOWER[view.tier]
    return await came_round(session, subject, select(Tenant.id).where(own == view.tenant_id))


def number(typed: str, field: str) -> int:
    """A query parameter. Raises InvalidInput."""
    if not typed.isascii() or not typed.isdigit() or len(typed) > LONGEST:
        raise invalid(field, "malformed", N_("请填写数字"))
    return int(typed)


ROUTES = [own_page, page_below, own_table]
