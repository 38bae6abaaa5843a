"""Reports of money: sums by tenant, tier, month, class and payer, and the entries behind each of them."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import query
from cases.classes import CaseClass
from foundation.language import N_
from funding.answers import Payer
from funding.report_columns import Figure
from funding.report_entries import Asked, Entries, entries_behind
from funding.report_files import PDF, XLSX, report_file
from funding.report_units import Units, unit_entries, units_owing
from funding.reports import Report, report
from tenants.tiers import Tier

TAG = "funding"
HERE = "/funding/reports"
TenantId = Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)]
Written = Annotated[str, Meta(title=N_("期间：年、季度或者月份，如 2026、2026-Q1、2026-03；默认今年"), max_length=7)]
After = Annotated[UUID, Meta(title=N_("接着上一页"))]


class OfReport(Struct, frozen=True, kw_only=True):
    tenant_id: TenantId | None = None
    period: Written | None = None


class OfFigure(Struct, frozen=True, kw_only=True):
    figure: Annotated[Figure, Meta(title=N_("哪个数字"))]
    tenant_id: TenantId | None = None
    period: Written | None = None
    own: Annotated[bool, Meta(title=N_("只看本级账套，不含下级"))] = False
    tier: Annotated[Tier, Meta(title=N_("只看这一层级的账套"))] | None = None
    case_class: Annotated[CaseClass, Meta(title=N_("只看这一类案件"))] | None = None
    payer: Annotated[Payer, Meta(title=N_("只看这一类付款人"))] | None = None
    after: After | None = None


class OfUnits(Struct, frozen=True, kw_only=True):
    tenant_id: TenantId | None = None
    after: Annotated[str, Meta(title=N_("接着上一页"), max_length=200)] | None = None


class OfUnit(Struct, frozen=True, kw_only=True):
    unit: Annotated[str, Meta(title=N_("单位名称"), min_length=1, max_length=200)]
    tenant_id: TenantId | None = None
    after: After | None = None


async def sums(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, OfReport)
    return respond(answer(await report(session, subject, given.tenant_id, given.period)))


async def workbook(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return await _file(request, session, subject, "xlsx")


async def printed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return await _file(request, session, subject, "pdf")


async def _file(request: AnyRequest, session: TheSession, subject: TheSubject, form: str) -> Response[bytes]:
    given = query(request, OfReport)
    file = await report_file(session, subject, given.tenant_id, given.period, form)
    return Response(file.content, media_type=file.kind, headers=file.headers)


async def entries(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, OfFigure)
    asked = Asked(
        figure=given.figure,
        period=given.period,
        own=given.own,
        tier=given.tier,
        case_class=given.case_class,
        payer=given.payer,
        after=given.after,
    )
    return respond(answer(await entries_behind(session, subject, asked, given.tenant_id)))


async def units(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, OfUnits)
    return respond(answer(await units_owing(session, subject, given.tenant_id, given.after)))


async def of_unit(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, OfUnit)
    return respond(answer(await unit_entries(session, subject, given.unit, given.tenant_id, given.after)))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="moneyReport", tag=TAG,
        title=N_("经费报表：按辖区、层级、月份、类别、付款人，预算与实际"),
        help=N_("金额单位为分；冲正已扣除；不排名次"), handler=sums, query=OfReport, answer=Report,
    ),
    Endpoint(
        method="GET", path=HERE + ".xlsx", name="moneyWorkbook", tag=TAG, title=N_("经费报表（电子表格）"),
        handler=workbook, query=OfReport, download=True, kinds=(XLSX,),
    ),
    Endpoint(
        method="GET", path=HERE + ".pdf", name="moneyPrint", tag=TAG, title=N_("经费报表（PDF）"),
        handler=printed, query=OfReport, download=True, kinds=(PDF,),
    ),
    Endpoint(
        method="GET", path=HERE + "/entries", name="moneyEntries", tag=TAG, title=N_("报表中一个数字的分录，新的在前"),
        handler=entries, query=OfFigure, answer=Entries,
    ),
    Endpoint(
        method="GET", path=HERE + "/units", name="moneyUnits", tag=TAG, title=N_("未付清的单位，按名称"),
        handler=units, query=OfUnits, answer=Units,
    ),
    Endpoint(
        method="GET", path=HERE + "/units/entries", name="moneyOfUnit", tag=TAG, title=N_("一个单位的应收和到账"),
        handler=of_unit, query=OfUnit, answer=Entries,
    ),
)  # fmt: skip
