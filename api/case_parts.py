"""What belongs to a case by itself: parties, claims, consents, timeline, terms, papers, notes, who looked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response
from msgspec import Struct, structs

from api.answers import answer, respond
from api.case_part import TAG, Reader, part
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.row_view import row_view, shown
from cases import reading, timeline
from cases.assessed import Assessed, assessed_of
from cases.custody import moves_of
from cases.history import Event
from cases.papers import Note, Paper
from cases.parties import Claim, Consent
from cases.party_reading import CorrectionView, MandateView
from cases.reading import Look, PartyView
from cases.term_views import TimerView, timers_of
from foundation.language import N_, translate
from organisation.names_then import office_names
from policies import gate
from policies.actions import Action
from tenants import names

ClaimView = row_view("ClaimView", Claim)
ConsentView = row_view("ConsentView", Consent)
NoteView = row_view("NoteView", Note)
PaperItem = row_view("PaperItem", Paper, "content")


class EventView(Struct, frozen=True):
    """`data` holds codes and numbers of the act."""

    id: UUID
    recorded_at: datetime
    act: str
    title: str
    audience: str
    step: int
    state: str
    actor: str | None
    office: str | None
    data: dict[str, Any]


class PaperView(Struct, frozen=True):
    paper: PaperItem  # type: ignore[valid-type]  # a struct made from the table's columns
    content: dict[str, Any]


async def _parties(reader: Reader) -> list[PartyView]:
    return await reading.parties_of(reader.session, reader.subject, reader.case.id, reader.may)


async def _mandates(reader: Reader) -> list[MandateView]:
    return await reading.mandates_of(reader.session, reader.subject, reader.case.id, reader.may)


async def _corrections(reader: Reader) -> list[CorrectionView]:
    return await reading.corrections_of(reader.session, reader.subject, reader.case.id, reader.may)


async def _claims(reader: Reader) -> list[Struct]:
    return [shown(ClaimView, row) for row in await reading.claims_of(reader.session, reader.case.id, reader.may)]


async def _assessment(reader: Reader) -> Assessed:
    reader.require(Action.CASE_READ)
    found = await assessed_of(reader.session, reader.subject, reader.case, reader.may)
    classes = [structs.replace(step, clause=translate(step.clause)) for step in found.classes]
    return structs.replace(found, classes=classes)


async def _consents(reader: Reader) -> list[Struct]:
    return [shown(ConsentView, row) for row in await reading.consents_of(reader.session, reader.case.id, reader.may)]


async def _papers(reader: Reader) -> list[Struct]:
    return [shown(PaperItem, row) for row in await reading.papers_of(reader.session, reader.case.id, reader.may)]


async def _notes(reader: Reader) -> list[Struct]:
    return [shown(NoteView, row) for row in await reading.notes_of(reader.session, reader.case.id, reader.may)]


async def _timers(reader: Reader) -> list[TimerView]:
    reader.require(Action.CASE_READ)
    told = await timeline.of_case(reader.session, reader.case.id, reader.may)
    moves = await moves_of(reader.session, reader.case.id)
    found = await timers_of(reader.session, reader.case, reader.subject.tenant_id, told[::-1], moves)
    words = ("title", "source", "counted", "mediation", "extended_by")
    return [structs.replace(timer, **{word: translate(getattr(timer, word)) for word in words}) for timer in found]


async def _looks(reader: Reader) -> list[Look]:
    reader.require(Action.CASE_READ)
    return await reading.looks_at(reader.session, reader.case.id)


async def _timeline(reader: Reader) -> list[EventView]:
    reader.require(Action.CASE_READ_TIMELINE)
    events = await timeline.of_case(reader.session, reader.case.id, reader.may)
    people = await names.people(reader.session, [event.actor_id for event in events])
    offices = await office_names(reader.session, [event.office_id for event in events])
    return [
        _event(
            event,
            _title(reader, event),
            people.get(event.actor_id) if event.actor_id else event.system,
            offices.at(event.office_id, event.recorded_at) or None,
        )
        for event in events
    ]


async def one_paper(session: TheSession, subject: TheSubject, case_id: PathId, paper_id: PathId) -> Response[bytes]:
    case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
    paper = await reading.paper(session, case_id, paper_id, await gate.permissions(session, subject, case))
    return respond(answer(PaperView(shown(PaperItem, paper), paper.content)))


def _title(reader: Reader, event: Event) -> str:
    known = reader.catalogue.acts.get(event.act)
    return translate(known.told(event.data.get("verdict")) if known else EVENT_TITLES.get(event.act, event.act))


EVENT_TITLES = {
    "register": N_("接谈登记"),
    "import": N_("外部系统移交接入"),
    "tree-moved": N_("随区划调整"),
    "tree-offer-ended": N_("区划调整，移交终止"),
}
"""Events that are no act of the table of moves."""


def _event(event: Event, title: str, actor: str | None, office: str | None) -> EventView:
    return EventView(
        id=event.id,
        recorded_at=event.recorded_at,
        act=event.act,
        title=title,
        audience=event.audience,
        step=event.step,
        state=event.state,
        actor=actor,
        office=office,
        data=event.data,
    )


ENDPOINTS = (
    part("parties", N_("当事人（未获授权的内容已遮蔽）"), list[PartyView], _parties),
    part("mandates", N_("代理人和监护人（未获授权的内容已遮蔽）"), list[MandateView], _mandates),
    part("corrections", N_("当事人信息的更正，新的在前"), list[CorrectionView], _corrections),
    part("claims", N_("诉求"), list[ClaimView], _claims),  # type: ignore[valid-type]  # as above
    part("assessment", N_("评析情况：纠纷状态、重点标签、拆分的另一号、类别的由来"), Assessed, _assessment),
    part("consents", N_("各方的同意"), list[ConsentView], _consents),  # type: ignore[valid-type]  # as above
    part("timeline", N_("办理经过，新的在前"), list[EventView], _timeline),
    part("timers", N_("期限"), list[TimerView], _timers),
    part("looks", N_("谁看过当事人信息"), list[Look], _looks),
    part("papers", N_("文书"), list[PaperItem], _papers),  # type: ignore[valid-type]  # as above
    part("notes", N_("内部备注"), list[NoteView], _notes),  # type: ignore[valid-type]  # as above
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/papers/{paper_id:uuid}",
        name="readPaper",
        tag=TAG,
        title=N_("一份文书"),
        handler=one_paper,
        answer=PaperView,
    ),
)
