"""Disputes over who holds a case: what waits for my tenant's decision. Deciding is an act."""

from litestar import Response
from msgspec import Struct

from api.answers import answer, respond
from api.case_part import Reader, part
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.row_view import row_view, shown
from cases.origins import origin_of
from foundation.language import N_
from handover import dispute_reading as disputes
from handover.assistance_end import assistances_of
from handover.chain import Stay, stays
from handover.dispute_reading import DisputePreview
from handover.models import Assistance, HolderDispute
from policies.actions import Action

TAG = "handover"
DisputeView = row_view("HolderDisputeView", HolderDispute)
AssistanceView = row_view("AssistanceView", Assistance)


async def inbox(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await disputes.disputes_before(session, subject)))


async def preview(session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    """The ETag is the version to decide with."""
    found = await disputes.dispute_before(session, subject, case_id)
    return respond(answer(found, version=found.version))


async def _history(reader: Reader) -> list[Struct]:
    reader.require(Action.CASE_READ_TIMELINE)
    return [shown(DisputeView, row) for row in await disputes.disputes_of(reader.session, reader.case.id)]


async def _holders(reader: Reader) -> list[Stay]:
    reader.require(Action.CASE_READ_TIMELINE)
    return list(await stays(reader.session, reader.case, await origin_of(reader.session, reader.case.id)))


async def _assistances(reader: Reader) -> list[Struct]:
    reader.require(Action.CASE_READ_TIMELINE)
    return [shown(AssistanceView, row) for row in await assistances_of(reader.session, reader.case.id)]


ENDPOINTS = (
    part("holders", N_("历任承办机构：各自起止、停留天数，是否回到原单位"), list[Stay], _holders),
    part("assistances", N_("协办：借给谁、什么权限、起止"), list[AssistanceView], _assistances),  # type: ignore[valid-type]  # as below
    part("disputes", N_("管辖分歧与指定"), list[DisputeView], _history),  # type: ignore[valid-type]  # made from the table's columns
    Endpoint(
        method="GET",
        path="/handover/disputes",
        name="holderDisputes",
        tag=TAG,
        title=N_("待您的单位指定承办单位的分歧"),
        handler=inbox,
        answer=list[DisputePreview],
    ),
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/dispute",
        name="holderDispute",
        tag=TAG,
        title=N_("双方的意见：不含个人信息和陈述"),
        handler=preview,
        answer=DisputePreview,
    ),
)
