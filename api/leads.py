"""线索: what other systems send by a program's token, what the desk makes of it, and how fast all went (14, 15)."""

from datetime import datetime
from uuid import UUID

from litestar import Response
from msgspec import Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body
from cases.first_response import Found, first_response
from cases.lead_reception import LeadsForm, Received, receive_leads
from cases.lead_screening import ScreeningForm, lead_at, screen_lead
from cases.leads import Lead
from foundation.clock import SHANGHAI
from foundation.language import N_

TAG = "cases"


class LeadView(Struct, frozen=True):
    """One lead whole, for the desk of the tenant that received it. Instants in the zone of Yunnan."""

    id: UUID
    platform: str
    number: str
    purpose: str
    place_id: int
    dispute_type: int
    facts: str
    status: str
    found_at: datetime
    handled_at: datetime | None
    reported_at: datetime | None
    organ: str | None
    registration_no: str | None


async def receive(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await receive_leads(session, subject, await body(request, LeadsForm))))


async def listed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await first_response(session, subject)))


async def one(session: TheSession, subject: TheSubject, lead_id: PathId) -> Response[bytes]:
    return respond(answer(_view(await lead_at(session, subject, lead_id))))


async def screen(request: AnyRequest, session: TheSession, subject: TheSubject, lead_id: PathId) -> Response[bytes]:
    lead = await screen_lead(session, subject, lead_id, await body(request, ScreeningForm))
    return respond(answer(_view(lead)))


def _view(lead: Lead) -> LeadView:
    return LeadView(
        id=lead.id,
        platform=lead.platform,
        number=lead.number,
        purpose=lead.purpose,
        place_id=lead.place_id,
        dispute_type=lead.dispute_type,
        facts=lead.facts,
        status=lead.status,
        found_at=lead.found_at.astimezone(SHANGHAI),
        handled_at=lead.handled_at and lead.handled_at.astimezone(SHANGHAI),
        reported_at=lead.reported_at and lead.reported_at.astimezone(SHANGHAI),
        organ=lead.organ,
        registration_no=lead.registration_no,
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/leads",
        name="receiveLeads",
        tag=TAG,
        title=N_("推送线索（其他系统对接）"),
        help=N_("只收纠纷事实，写明出处和目的；不写姓名、证件号、电话。同一编号再次推送的，保留原来的。"),
        handler=receive,
        body=LeadsForm,
        answer=Received,
    ),
    Endpoint(
        method="GET",
        path="/leads",
        name="firstResponse",
        tag=TAG,
        title=N_("发现、处置、上报"),
        help=N_("线索和排查发现的案件，按发现时间由近到远；不排名，不设指标。"),
        handler=listed,
        answer=list[Found],
    ),
    Endpoint(
        method="GET",
        path="/leads/{lead_id:uuid}",
        name="lead",
        tag=TAG,
        title=N_("一条线索"),
        handler=one,
        answer=LeadView,
    ),
    Endpoint(
        method="POST",
        path="/leads/{lead_id:uuid}/screening",
        name="screenLead",
        tag=TAG,
        title=N_("处置线索"),
        handler=screen,
        body=ScreeningForm,
        answer=LeadView,
        refuses=(409,),
    ),
)
