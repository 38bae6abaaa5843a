"""The tree (a tenant, what stands directly below it, its offices) and the dictionary: readable by every member."""

from litestar import Response
from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import answer, respond
from api.endpoint import Endpoint
from api.given import PathNumber, TheSession
from foundation.clock import local_date
from foundation.errors import NotFound
from foundation.language import N_
from foundation.store import instant
from organisation.dispute_types import dispute_types
from tenants.models import Office, Tenant
from tenants.tiers import Tier


class TenantItem(Struct, frozen=True):
    id: int
    parent_id: int | None
    place_id: int
    tier: str
    kind: str
    name: str


class OfficeItem(Struct, frozen=True):
    id: int
    kind: str
    name: str
    committee_id: int | None


class DisputeTypeItem(Struct, frozen=True):
    """`asks_gate`: the suitability test asks more."""

    code: int
    name_zh: str
    name_en: str
    asks_gate: bool


class Branch(Struct, frozen=True):
    tenant: TenantItem
    offices: list[OfficeItem]
    children: list[TenantItem]


async def root(session: TheSession) -> Response[bytes]:
    province = await session.scalar(select(Tenant).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None)))
    return respond(answer(await _branch(session, province)))


async def types(session: TheSession) -> Response[bytes]:
    found = await dispute_types(session)
    return respond(answer([DisputeTypeItem(row.code, row.name_zh, row.name_en, row.asks_gate) for row in found]))


async def branch(session: TheSession, tenant_id: PathNumber) -> Response[bytes]:
    return respond(answer(await _branch(session, await session.get(Tenant, tenant_id))))


async def _branch(session: AsyncSession, tenant: Tenant | None) -> Branch:
    if tenant is None:
        raise NotFound
    today = local_date(instant(session))
    below = select(Tenant).where(Tenant.parent_id == tenant.id, or_(Tenant.valid_to.is_(None), Tenant.valid_to > today))
    here = select(Office).where(Office.tenant_id == tenant.id, or_(Office.valid_to.is_(None), Office.valid_to > today))
    children = await session.scalars(below.order_by(Tenant.id))
    offices = await session.scalars(here.order_by(Office.id))
    return Branch(_item(tenant), [_office(office) for office in offices], [_item(child) for child in children])


def _item(tenant: Tenant) -> TenantItem:
    return TenantItem(tenant.id, tenant.parent_id, tenant.place_id, tenant.tier, tenant.kind, tenant.name)


def _office(office: Office) -> OfficeItem:
    return OfficeItem(office.id, office.kind, office.name, office.committee_id)


ENDPOINTS = (
    Endpoint(method="GET", path="/tree", name="tree", tag="tree", title=N_("组织树：省"), handler=root, answer=Branch),
    Endpoint(
        method="GET",
        path="/dispute-types",
        name="disputeTypes",
        tag="tree",
        title=N_("纠纷类型字典"),
        handler=types,
        answer=list[DisputeTypeItem],
    ),
    Endpoint(
        method="GET",
        path="/tree/{tenant_id:int}",
        name="branch",
        tag="tree",
        title=N_("组织树：一个租户及其下级、机构"),
        handler=branch,
        answer=Branch,
    ),
)
