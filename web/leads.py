"""发现、处置、上报 on a page: leads and found cases side by side; a lead opens to be screened."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.first_response import MOST, Found, first_response
from cases.lead_screening import ScreeningForm, lead_at, screen_lead
from cases.leads import OPEN, Screened
from foundation.errors import InvalidInput
from foundation.language import N_, translate
from tenants.models import Place
from tenants.subject import Subject
from web.case_list import type_names
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.table_file import table_file
from web.words import word

HERE = "/leads"
TITLE = N_("发现、处置、上报")
TITLES = (
    N_("编号"), N_("出处"), N_("纠纷发生地"), N_("纠纷类型"), N_("状态"), N_("第一时间发现"), N_("第一时间处置"),
    N_("第一时间上报"),
)  # fmt: skip


@get(HERE)
async def list_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    found = await first_response(session, subject)
    lines = list(zip(found, _rows(found, await type_names(session)), strict=True))
    return page(request, "leads/list.html", title=TITLE, subject=subject, lines=lines, titles=TITLES, most=MOST)


@get(f"{HERE}.csv")
async def table(subject: TheSubject, session: TheSession) -> PageResponse:
    found = await first_response(session, subject)
    return table_file(translate(TITLE), TITLES, _rows(found, await type_names(session)))


@get(f"{HERE}/{{lead_id:uuid}}")
async def lead_page(request: AnyRequest, subject: TheSubject, session: TheSession, lead_id: PathId) -> PageResponse:
    return await _one(request, subject, session, lead_id, fresh(ScreeningForm, {}, {}))


@post(f"{HERE}/{{lead_id:uuid}}")
async def screen(request: AnyRequest, subject: TheSubject, session: TheSession, lead_id: PathId) -> PageResponse:
    typed = read(fields_of(ScreeningForm), await fields_in(request))
    try:
        form: Any = fill(ScreeningForm, typed)
        await screen_lead(session, subject, lead_id, form)
    except InvalidInput as error:
        shown = refused(ScreeningForm, typed, error.fields, {})
        return await _one(request, subject, session, lead_id, shown, status=error.status)
    return go(HERE)


async def _one(
    request: AnyRequest, subject: Subject, session: AsyncSession, lead_id: UUID, form: BoundForm, status: int = 200
) -> PageResponse:
    lead = await lead_at(session, subject, lead_id)
    place = await session.get_one(Place, lead.place_id)
    return page(
        request,
        "leads/one.html",
        title=N_("线索"),
        subject=subject,
        status=status,
        lead=lead,
        waits=lead.status == OPEN,
        state=_status(lead.status),
        place=place.name,
        dispute_type=(await type_names(session)).get(lead.dispute_type, str(lead.dispute_type)),
        form=form,
    )


def _rows(found: list[Found], types: Mapping[int, str]) -> Iterator[list[str]]:
    for one in found:
        moments = (one.found_at, one.handled_at, one.reported_at)
        yield [
            one.number,
            one.source or translate(N_("接谈登记")),
            one.place,
            types.get(one.dispute_type, str(one.dispute_type)),
            _status(one.status) if one.lead else word(one.status, "state"),
            *(moment.strftime("%Y-%m-%d %H:%M") if moment else "" for moment in moments),
        ]


def _status(code: str) -> str:
    return translate(N_("待处置")) if code == OPEN else translate(Screened(code).label)


ROUTES = [list_page, table, lead_page, screen]
