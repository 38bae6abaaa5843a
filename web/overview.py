"""概览: what stands where, in the order of the tree; drilled down from the province to a township."""

from litestar import get

from cases.steps import STEP_NAMES
from foundation.language import N_
from indicators.disputes import disputes
from indicators.overview import overview
from indicators.suitable import aims
from web.case_list import type_names
from web.given import PathNumber, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page

COLUMNS = (
    ("cases", N_("登记")),
    ("open", N_("在办")),
    ("overdue", N_("逾期")),
    ("settled", N_("达成调解协议")),
    ("refused", N_("不予受理")),
    ("archived", N_("已归档")),
)


@get("/overview")
async def own_overview(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _page(request, subject, session, None)


@get("/overview/{tenant_id:int}")
async def overview_below(
    request: AnyRequest, subject: TheSubject, session: TheSession, tenant_id: PathNumber
) -> PageResponse:
    return await _page(request, subject, session, tenant_id)


async def _page(request: AnyRequest, subject: TheSubject, session: TheSession, tenant_id: int | None) -> PageResponse:
    return page(
        request,
        "overview/overview.html",
        title=N_("概览"),
        subject=subject,
        view=await overview(session, subject, tenant_id),
        aims=await aims(session, subject, tenant_id),
        disputes=await disputes(session, subject, tenant_id),
        types=await type_names(session),
        columns=COLUMNS,
        steps=STEP_NAMES,
    )


ROUTES = [own_overview, overview_below]
