"""What 办理 keeps of a case: objects with their custody, witnesses, panels of experts; and the library of statutes."""

from litestar import Response

from api.answers import answer, respond
from api.case_part import Reader, part
from api.endpoint import Endpoint
from api.given import TheSession
from api.row_view import row_view, shown
from cases.statutes import Statute, library
from dossiers.borrowing_reads import LoanView, loans_of
from dossiers.custody_reads import ObjectView, objects_of
from dossiers.witness_reads import WitnessView, witnesses_of
from foundation.language import N_
from teams.panel_reads import PanelView, panels_of

StatuteView = row_view("StatuteView", Statute)


async def _objects(reader: Reader) -> list[ObjectView]:
    return list(await objects_of(reader.session, reader.case.id, reader.may))


async def _witnesses(reader: Reader) -> list[WitnessView]:
    return list(await witnesses_of(reader.session, reader.case.id, reader.may))


async def _panels(reader: Reader) -> list[PanelView]:
    return list(await panels_of(reader.session, reader.case.id, reader.may))


async def _loans(reader: Reader) -> list[LoanView]:
    return list(await loans_of(reader.session, reader.case.id, reader.may))


async def statutes(session: TheSession) -> Response[bytes]:
    """Every version, with the days on which it was in force."""
    return respond(answer([shown(StatuteView, one) for one in await library(session)]))


ENDPOINTS = (
    part("objects", N_("物证及其保管链"), list[ObjectView], _objects),
    part("witnesses", N_("证人"), list[WitnessView], _witnesses),
    part("panels", N_("专家会诊"), list[PanelView], _panels),
    part("loans", N_("借阅登记，新的在前"), list[LoanView], _loans),
    Endpoint(
        method="GET",
        path="/statutes",
        name="listStatutes",
        tag="tree",
        title=N_("法规库：每一版本及其施行、失效日期"),
        handler=statutes,
        answer=list[StatuteView],  # type: ignore[valid-type]  # made from the table's columns
    ),
)
