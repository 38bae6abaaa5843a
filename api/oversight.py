"""Supervision: what offices above told the holder, inspections and their draws, complaints, own referrals."""

from typing import Annotated, Any

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.case_part import Reader, part
from api.endpoint import Endpoint
from api.given import TheCatalogue, TheSession, TheSubject
from api.requests import body, once, query
from api.room_parts import readable_orders
from api.row_view import row_view, shown
from foundation.errors import Forbidden
from foundation.idempotency import Answer
from foundation.language import N_
from oversight.complaints import Complaint, complaints_to
from oversight.draws import DrawForm
from oversight.draws_reading import DrawnPage, DrawnView, drawn_by
from oversight.inspections import Inspection, inspections_for
from oversight.models import OrderExtension
from oversight.notes import OversightNote, notes_for
from oversight.order_entries import OrderEntry
from oversight.orders import entries_for, extensions_for
from oversight.paging import PAGE, After
from oversight.referred import MOST, ReferredPage, referred_items
from oversight.sampling import draw_and_open
from policies import gate
from policies.actions import Action

TAG = "oversight"
NoteView = row_view("OversightNoteView", OversightNote)
InspectionView = row_view("InspectionView", Inspection)
ExtensionView = row_view("OrderExtensionView", OrderExtension)
EntryView = row_view("OrderEntryView", OrderEntry)
ComplaintView = row_view("ComplaintView", Complaint, "office_id", "tenant_id")


class ComplaintItem(Struct, frozen=True):
    """`case_id` leads to the acts; the complainant is a party of that case."""

    case_id: str
    complaint: ComplaintView  # type: ignore[valid-type]  # a struct made from the table's columns


async def _notes(reader: Reader) -> list[Struct]:
    found = await notes_for(reader.session, reader.subject, reader.case.id, reader.may)
    return [shown(NoteView, row) for row in found]


async def _inspections(reader: Reader) -> list[Struct]:
    found = await inspections_for(reader.session, reader.subject, reader.case.id, reader.may)
    return [shown(InspectionView, row) for row in found]


async def _extensions(reader: Reader) -> list[Struct]:
    orders = await readable_orders(reader)
    found = await extensions_for(reader.session, reader.subject, reader.case.id, reader.may, orders)
    return [shown(ExtensionView, row) for row in found]


async def _entries(reader: Reader) -> list[Struct]:
    orders = await readable_orders(reader)
    found = await entries_for(reader.session, reader.subject, reader.case.id, reader.may, orders)
    return [shown(EntryView, row) for row in found]


async def complaints(session: TheSession, subject: TheSubject) -> Response[bytes]:
    gate.require_role(subject, Action.COMPLAINT_HANDLE)
    found = await complaints_to(session, subject)
    return respond(answer([ComplaintItem(str(one.case_id), shown(ComplaintView, one)) for one in found]))


class ReferralQuery(After, frozen=True, kw_only=True):
    returned: Annotated[bool, Meta(title=N_("只看已退回的"))] = False
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=MOST)] = PAGE


async def referrals(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    gate.require_role(subject, Action.REFERRAL_SEND)
    given = query(request, ReferralQuery)
    return respond(
        answer(await referred_items(session, subject, given.after, returned=given.returned, size=given.size))
    )


async def draws(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    gate.require_role(subject, Action.QUALITY_INSPECT)
    return respond(answer(await drawn_by(session, subject, query(request, After).after)))


async def draw(request: AnyRequest, session: TheSession, subject: TheSubject, catalogue: TheCatalogue) -> Response[Any]:
    gate.require_role(subject, Action.QUALITY_INSPECT)
    if subject.office_id is None:
        raise Forbidden
    form = await body(request, DrawForm)

    async def produce() -> Answer:
        made = await draw_and_open(session, subject, catalogue, form)
        (drawn,) = [one for one in (await drawn_by(session, subject)).draws if one.id == made.id]
        return answer(drawn, status=201)

    return await once(request, session, subject, produce)


ENDPOINTS = (
    part("oversight-notes", N_("指导、监督意见和对单位的督办"), list[NoteView], _notes),  # type: ignore[valid-type]  # made from the table's columns
    part("inspections", N_("检查"), list[InspectionView], _inspections),  # type: ignore[valid-type]  # as above
    part("order-extensions", N_("督办期限的延长"), list[ExtensionView], _extensions),  # type: ignore[valid-type]  # as above
    part("order-entries", N_("督办的经过：催办、回复、延期、销号"), list[EntryView], _entries),  # type: ignore[valid-type]  # as above
    Endpoint(
        method="GET",
        path="/complaints",
        name="receivedComplaints",
        tag=TAG,
        title=N_("由您的单位受理的投诉"),
        handler=complaints,
        answer=list[ComplaintItem],
    ),
    Endpoint(
        method="GET",
        path="/referrals",
        name="ownReferrals",
        tag=TAG,
        title=N_("您的单位转送交办的事项：进度、结果、退回"),
        handler=referrals,
        query=ReferralQuery,
        answer=ReferredPage,
    ),
    Endpoint(
        method="GET",
        path="/inspection-draws",
        name="inspectionDraws",
        tag=TAG,
        title=N_("您的单位的抽样"),
        handler=draws,
        query=After,
        answer=DrawnPage,
    ),
    Endpoint(
        method="POST",
        path="/inspection-draws",
        name="drawInspections",
        tag=TAG,
        title=N_("按规则抽取已结案件并开展检查"),
        help=N_("按结案期间、等级和件数随机抽取，种子由系统生成并留存，不能按人抽取"),
        handler=draw,
        body=DrawForm,
        answer=DrawnView,
        status=201,
        once=True,
    ),
)
