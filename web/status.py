"""The petitioner's own page: by number and receipt code, which travel in the body, never in an address."""

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access.looks_extract import extract_of
from access.recusal_reading import own_requests
from cases import reading, timeline
from cases.catalogue import Catalogue
from cases.history import Event
from cases.models import Case
from cases.own_data import own_data
from cases.steps import STEP_NAMES
from cases.term_views import timers_for_party
from dossiers.print_view import PrintView, printed
from foundation.errors import InvalidInput, NotFound
from foundation.language import N_, current_language
from foundation.store import instant
from handover.journey import contact_for_party, journey_of
from organisation.names_then import office_names
from oversight.complaints import own_complaints
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web.admitted import admitted
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheCatalogue, TheStore
from web.own_acts import own_acts
from web.own_clock import WORDS, with_clock
from web.page import AnyRequest, PageResponse, page
from web.posted import fields_in

NOT_FOUND = N_("号码或查询码不对，请核对回执")


class ReceiptForm(Struct, frozen=True, kw_only=True):
    registration_no: Annotated[str, Meta(title=N_("登记号"), min_length=1, max_length=60)]
    code: Annotated[str, Meta(title=N_("查询码"), min_length=1, max_length=40)]


@get("/status")
async def ask_page(request: AnyRequest) -> PageResponse:
    return _ask(request, fresh(ReceiptForm, {}, {}))


@post("/status")
async def status_page(request: AnyRequest, store: TheStore, catalogue: TheCatalogue) -> PageResponse:
    """Shown in the answer itself and nowhere kept: no session begins. A wrong number and a wrong code look alike."""
    typed = read(fields_of(ReceiptForm), await fields_in(request))
    try:
        form: Any = fill(ReceiptForm, typed)
        case_id, subject = await admitted(request, store, form.registration_no, form.code)
    except InvalidInput as error:
        return _ask(request, refused(ReceiptForm, typed, error.fields, {}), error.status)
    except NotFound as error:
        return _ask(request, refused(ReceiptForm, {**typed, "code": ""}, (), {}), error.status, NOT_FOUND)
    async with store.scoped(subject.scope) as session:
        return page(
            request,
            "status/status.html",
            title=N_("办理进度"),
            steps=STEP_NAMES,
            act_titles=catalogue.acts,
            key=form,
            **await _own(session, subject, catalogue, case_id),
        )


async def _own(session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID) -> dict[str, Any]:
    case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
    may = await gate.permissions(session, subject, case)
    events = [event for event in await timeline.of_case(session, case_id, may) if event.audience == "parties"]
    offices = await office_names(session, [case.holder_office_id, *(event.office_id for event in events)])
    return {
        "case": case,
        "holder": offices.get(case.holder_office_id, ""),
        "steps_taken": _in_a_row(events),
        "offices": offices,
        "papers": await _papers(session, subject, case, may),
        "own": await own_data(session, subject, case_id, may),
        "timers": [timer for timer in await timers_for_party(session, case) if not timer.remedy],
        **await with_clock(session, case),
        "looks": await reading.looks_at(session, case_id, subject.person_id),
        "extract": await extract_of(session, subject, case_id),
        "journey": await journey_of(session, case, events),
        "contact": await contact_for_party(session, case.holder_office_id),
        "recusals": await own_requests(session, subject, case_id),
        "complaints": await own_complaints(session, subject, case_id),
        "own_acts": await own_acts(session, subject, catalogue, case),
        "now": instant(session),
    }


def _in_a_row(events: Iterable[Event]) -> list[tuple[Event, int]]:
    """The newest of each run of the same act by the same office, and how many: thirteen signatures are one line."""
    runs = (list(run) for _, run in groupby(events, lambda event: (event.act, event.office_id)))
    return [(run[0], len(run)) for run in runs]


async def _papers(
    session: AsyncSession, subject: Subject, case: Case, may: gate.Permissions
) -> list[tuple[PrintView, bool]]:
    """Each with whether it holds the remedy clock itself; what both sides got does not, and shows today's."""
    language = current_language.get()
    own = await reading.papers_of(session, case.id, may)
    return [
        (await printed(session, subject, case, paper, may, language), "remedy_clock" in paper.content) for paper in own
    ]


def _ask(request: AnyRequest, form: BoundForm, status: int = 200, refusal: str = "") -> PageResponse:
    return page(
        request,
        "status/ask.html",
        title=N_("查询办理进度"),
        form=form,
        status=status,
        refusal=refusal,
        clock=(),
        **WORDS,
    )


ROUTES = [ask_page, status_page]
