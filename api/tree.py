"""The tree (a tenant, what stands directly below it, its offices) of today or of a past day, and the dictionary.

Names are readable by every member; a unit that is no more is found by the code or the name it had.
"""

from datetime import date
from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathNumber, TheSession
from api.requests import query
from foundation.clock import local_date
from foundation.language import N_
from foundation.store import instant
from organisation.dispute_types import dispute_types
from organisation.tree_finding import Found, present_unit, units_named
from organisation.tree_reading import Branch, TenantHistory, branch_on, history_of

TAG = "tree"


class OnDay(Struct, frozen=True, kw_only=True):
    on: Annotated[date, Meta(title=N_("哪一天的组织树，默认今天"))] | None = None


class RootQuery(OnDay, frozen=True, kw_only=True):
    code: (
        Annotated[str, Meta(title=N_("现在或过去的区划代码：给出其今日所在的单位"), min_length=6, max_length=9)] | None
    ) = None


class UnitQuery(Struct, frozen=True, kw_only=True):
    unit: Annotated[str, Meta(title=N_("单位现在或过去的代码或名称"), min_length=2, max_length=40)]


class DisputeTypeItem(Struct, frozen=True):
    """`asks_gate`: the suitability test asks more."""

    code: int
    name_zh: str
    name_en: str
    asks_gate: bool


async def root(request: AnyRequest, session: TheSession) -> Response[bytes]:
    asked = query(request, RootQuery)
    tenant_id = await present_unit(session, asked.code) if asked.code else None
    return respond(answer(await _branch(session, tenant_id, asked.on)))


async def branch(request: AnyRequest, session: TheSession, tenant_id: PathNumber) -> Response[bytes]:
    return respond(answer(await _branch(session, tenant_id, query(request, OnDay).on)))


async def history(session: TheSession, tenant_id: PathNumber) -> Response[bytes]:
    return respond(answer(await history_of(session, tenant_id)))


async def units(request: AnyRequest, session: TheSession) -> Response[bytes]:
    return respond(answer(await units_named(session, query(request, UnitQuery).unit)))


async def types(session: TheSession) -> Response[bytes]:
    found = await dispute_types(session)
    return respond(answer([DisputeTypeItem(row.code, row.name_zh, row.name_en, row.asks_gate) for row in found]))


async def _branch(session: AsyncSession, tenant_id: int | None, on: date | None) -> Branch:
    return await branch_on(session, tenant_id, on or local_date(instant(session)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/tree",
        name="tree",
        tag=TAG,
        title=N_("组织树：省"),
        help=N_("on 给出过去某日的组织树；code 以现在或过去的代码直接找到单位"),
        handler=root,
        query=RootQuery,
        answer=Branch,
    ),
    Endpoint(
        method="GET",
        path="/dispute-types",
        name="disputeTypes",
        tag=TAG,
        title=N_("纠纷类型字典"),
        handler=types,
        answer=list[DisputeTypeItem],
    ),
    Endpoint(
        method="GET",
        path="/tree/{tenant_id:int}",
        name="branch",
        tag=TAG,
        title=N_("组织树：一个租户及其下级、机构"),
        handler=branch,
        query=OnDay,
        answer=Branch,
    ),
    Endpoint(
        method="GET",
        path="/tree/{tenant_id:int}/history",
        name="tenantHistory",
        tag=TAG,
        title=N_("一个单位的沿革：名称、代码、上级、由何而来、由谁继任"),
        handler=history,
        answer=TenantHistory,
    ),
    Endpoint(
        method="GET",
        path="/tree/units",
        name="unitsNamed",
        tag=TAG,
        title=N_("按现在或过去的代码、名称查单位"),
        handler=units,
        query=UnitQuery,
        answer=list[Found],
    ),
)
