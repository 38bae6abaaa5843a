"""Delegations: what was lent by the office and to it, lending for a class, taking back. One case: by its acts."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from access import delegations
from access.delegating import delegate_class
from access.delegation_form import ClassForm, RevokeForm
from access.delegation_view import DelegationView
from access.delegations import PAGE, Side
from access.revoking import revoke
from api.answers import AnyRequest, answer, respond
from api.case_part import Reader, part
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, query
from foundation.idempotency import Answer
from foundation.language import N_
from policies.actions import Action

TAG = "access"


class DelegationsQuery(Struct, frozen=True, kw_only=True):
    side: Annotated[Side, Meta(title=N_("哪一方"))] = Side.LENT
    before: Annotated[UUID, Meta(title=N_("接着上一页"))] | None = None
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=100)] = PAGE


class DelegationPage(Struct, frozen=True):
    """The newest first; `before` leads to the next page, null = the last page."""

    rows: list[DelegationView]
    before: UUID | None


async def list_delegations(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, DelegationsQuery)
    rows = await delegations.page(session, subject, given.side, given.before, given.size + 1)
    shown = rows[: given.size]
    return respond(answer(DelegationPage(shown, shown[-1].id if len(rows) > given.size else None)))


async def lend_class(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, ClassForm)

    async def produce() -> Answer:
        row = await delegate_class(session, subject, form)
        return answer(await delegations.one(session, subject, row.id), status=201)

    return await once(request, session, subject, produce)


async def take_back(
    request: AnyRequest, session: TheSession, subject: TheSubject, delegation_id: PathId
) -> Response[Any]:
    form = await body(request, RevokeForm)

    async def produce() -> Answer:
        row = await revoke(session, subject, delegation_id, form)
        return answer(await delegations.one(session, subject, row.id))

    return await once(request, session, subject, produce)


async def _of_case(reader: Reader) -> list[DelegationView]:
    reader.require(Action.CASE_READ_TIMELINE)
    return await delegations.of_case(reader.session, reader.subject, reader.case)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/delegations",
        name="listDelegations",
        tag=TAG,
        title=N_("授权：本机构授出的，或者授给我和本机构的"),
        handler=list_delegations,
        query=DelegationsQuery,
        answer=DelegationPage,
    ),
    Endpoint(
        method="POST",
        path="/delegations",
        name="lendClass",
        tag=TAG,
        title=N_("就一类案件授权"),
        help=N_("对本机构承办的在办案件和今后的同类案件生效；单个案件的授权是该案的一项办理事项"),
        handler=lend_class,
        body=ClassForm,
        answer=DelegationView,
        status=201,
        once=True,
    ),
    Endpoint(
        method="POST",
        path="/delegations/{delegation_id:uuid}/revoke",
        name="takeBackDelegation",
        tag=TAG,
        title=N_("收回一项授权"),
        help=N_("立即生效；由此再授出的一并收回"),
        handler=take_back,
        body=RevokeForm,
        answer=DelegationView,
        once=True,
    ),
    part("delegations", N_("本案现有的授权"), list[DelegationView], _of_case),
)
