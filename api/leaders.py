"""Leaders in charge: who leads what and until when, how far it has come; a dispute's class of risk while it stands."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.case_part import Reader, part
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import query
from foundation.language import N_
from oversight.leader_reading import PAGE, ChargedPage, ChargeView, Taking, charged, charges_of, taking_part
from oversight.risk import RiskView, risks_of
from policies.actions import Action

TAG = "oversight"


async def _charges(reader: Reader) -> list[ChargeView]:
    reader.require(Action.CASE_READ_TIMELINE)
    return list(await charges_of(reader.session, reader.case, reader.may))


async def _risks(reader: Reader) -> list[RiskView]:
    reader.require(Action.CASE_READ_STATEMENT)
    return list(await risks_of(reader.session, reader.case.id))


class ListQuery(Struct, frozen=True, kw_only=True):
    after: Annotated[UUID, Meta(title=N_("接着上一页"))] | None = None
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=1000)] = PAGE


async def listed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, ListQuery)
    return respond(answer(await charged(session, subject, given.after, given.size)))


async def counted(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await taking_part(session, subject)))


ENDPOINTS = (
    part("leaders", N_("领导包案"), list[ChargeView], _charges),
    part("risk", N_("纠纷的防控等级：只在有效期内显示"), list[RiskView], _risks),
    Endpoint(
        method="GET",
        path="/leaders",
        name="leadersInCharge",
        tag=TAG,
        title=N_("领导包案：谁包哪件、到何日为止、进展和逾期"),
        handler=listed,
        query=ListQuery,
        answer=ChargedPage,
    ),
    Endpoint(
        method="GET",
        path="/leaders/participation",
        name="leadersParticipation",
        tag=TAG,
        title=N_("各地领导参与包案的件数，不排名"),
        handler=counted,
        answer=list[Taking],
    ),
)
