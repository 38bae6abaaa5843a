"""What a tenant's own offices hear of: the rows of the routing, each on or off; what safety asks stays on."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.errors import Conflict, Forbidden, NotFound
from foundation.grammar import Happening
from foundation.language import N_
from foundation.store import instant
from oversight.notice_models import NoticeSwitch
from oversight.notice_routes import Route, every_route
from policies import gate
from policies.actions import Action
from tenants.subject import Subject


class SafetyRoute(Conflict):
    code = "safety_route"
    message = N_("这项通知关系安全或者当事人权利，不能关闭")


class RouteView(Struct, frozen=True):
    """One row; `is_off`: the reader's tenant hears nothing by it."""

    route: Route
    is_off: bool


def may_switch(subject: Subject) -> bool:
    """Who leads a workroom or a leading group's office, and who manages the tenant's settings."""
    return subject.tenant_id is not None and any(
        gate.may(subject, action) for action in (Action.CASE_ASSIGN, Action.TENANT_MANAGE, Action.DICTIONARY_MANAGE)
    )


async def routing_of(session: AsyncSession, subject: Subject) -> Sequence[RouteView]:
    """Every row, as it stands for the subject's tenant."""
    query = select(NoticeSwitch.route).where(NoticeSwitch.tenant_id == subject.tenant_id, NoticeSwitch.is_off)
    off = set(await session.scalars(query))
    return [RouteView(route, route.code in off and not route.safety) for route in every_route()]


async def switch(session: AsyncSession, subject: Subject, code: str, *, off: bool) -> None:
    """For the subject's own tenant; raises Forbidden, NotFound, SafetyRoute."""
    if not may_switch(subject):
        raise Forbidden
    found = [route for route in every_route() if route.code == code]
    if not found:
        raise NotFound
    if off and any(route.safety for route in found):
        raise SafetyRoute
    values = {"is_off": off, "changed_at": instant(session), "changed_by": subject.person_id}
    row = insert(NoticeSwitch).values(tenant_id=subject.tenant_id, route=code, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "route"], set_=values))
    told = {"route": code, "is_off": off}
    entry = audit.Entry(
        subject.actor, subject.post_id, Happening.NOTICE_SWITCH, "tenant", str(subject.tenant_id), detail=told
    )
    await audit.append(session, entry, subject.tenant_id or 0)
