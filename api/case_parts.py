"""What belongs to a case: parties, claims, consents, timeline, terms, papers, notes; cut to what the reader may see."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Response
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheCatalogue, TheSession, TheSubject
from cases import reading, timeline
from cases.catalogue import Catalogue
from cases.history import Event
from cases.papers import Paper
from cases.reading import PartyView, TimerView
from foundation.errors import Forbidden
from foundation.language import N_, translate
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Office, Person
from tenants.subject import Subject

TAG = "case parts"


class ClaimView(Struct, frozen=True):
    id: UUID
    ordinal: int
    text: str
    nature: str
    decision: str
    reason: str | None
    legal_basis: str | None
    channel: str | None
    last_day: date | None
    split_case_id: UUID | None


class ConsentView(Struct, frozen=True):
    id: UUID
    party_id: UUID
    kind: str
    about: str | None
    given: bool
    form: str
    recorded_at: datetime
    withdrawn_at: datetime | None


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


class PaperItem(Struct, frozen=True):
    id: UUID
    kind: str
    field_group: str
    number: str | None
    party_id: UUID | None
    sha256: str
    issued_at: datetime
    received_at: datetime | None


class PaperView(Struct, frozen=True):
    paper: PaperItem
    content: dict[str, Any]


class NoteView(Struct, frozen=True):
    id: UUID
    text: str
    recorded_at: datetime
    recorded_by: UUID


Reading = Callable[[AsyncSession, Subject, Catalogue, UUID, Permissions], Awaitable[Any]]


async def _parties(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, may: Permissions
) -> list[PartyView]:
    return await reading.parties_of(session, subject, case_id, may)


async def _claims(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, may: Permissions
) -> list[ClaimView]:
    return [_as(ClaimView, claim) for claim in await reading.claims_of(session, case_id, may)]


async def _consents(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, may: Permissions
) -> list[ConsentView]:
    return [_as(ConsentView, consent) for consent in await reading.consents_of(session, case_id, may)]


async def _timers(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, may: Permissions
) -> list[TimerView]:
    found = await reading.timers_of(session, case_id)
    return [
        TimerView(
            timer.kind, translate(timer.title), timer.source, timer.due_at, timer.paused, timer.done, timer.remedy
        )
        for timer in found
    ]


async def _timeline(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, may: Permissions
) -> list[EventView]:
    if Action.CASE_READ_TIMELINE not in may.actions:
        raise Forbidden
    events = await timeline.of_case(session, case_id)
    people = await _names(session, Person, {event.actor_id for event in events})
    offices = await _names(session, Office, {event.office_id for event in events})
    return [_event(event, catalogue, people.get(event.actor_id), offices.get(event.office_id)) for event in events]


async def _papers(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, may: Permissions
) -> list[PaperItem]:
    return [_paper(paper) for paper in await reading.papers_of(session, case_id, may)]


async def _notes(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, may: Permissions
) -> list[NoteView]:
    return [_as(NoteView, note) for note in await reading.notes_of(session, case_id, may)]


async def one_paper(session: TheSession, subject: TheSubject, case_id: PathId, paper_id: PathId) -> Response[bytes]:
    case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
    may = await gate.permissions(session, subject, case)
    paper = await reading.paper(session, case_id, paper_id, may)
    return respond(answer(PaperView(_paper(paper), paper.content)))


def _as(view: type[Any], row: Any) -> Any:
    return view(**{name: getattr(row, name) for name in view.__struct_fields__})


def _paper(paper: Paper) -> PaperItem:
    columns = {name: getattr(paper, name) for name in PaperItem.__struct_fields__}
    return PaperItem(**{**columns, "sha256": paper.sha256.hex()})


def _event(event: Event, catalogue: Catalogue, actor: str | None, office: str | None) -> EventView:
    act = catalogue.acts.get(event.act)
    return EventView(
        id=event.id,
        recorded_at=event.recorded_at,
        act=event.act,
        title=translate(act.title if act else EVENT_TITLES.get(event.act, event.act)),
        audience=event.audience,
        step=event.step,
        state=event.state,
        actor=event.system or actor,
        office=office,
        data=event.data,
    )


EVENT_TITLES = {"register": N_("接谈登记")}
"""Events that are no act of the table of moves."""


async def _names(session: AsyncSession, table: Any, ids: set[Any]) -> dict[Any, str]:
    rows = await session.execute(select(table.id, table.name).where(table.id.in_(ids - {None})))
    return {key: name for key, name in rows}


def _endpoint(part: str, title: str, view: Any, read: Reading) -> Endpoint:
    async def handler(
        session: TheSession, subject: TheSubject, catalogue: TheCatalogue, case_id: PathId
    ) -> Response[bytes]:
        case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
        may = await gate.permissions(session, subject, case)
        return respond(answer(await read(session, subject, catalogue, case_id, may)))

    path = f"/cases/{{case_id:uuid}}/{part}"
    return Endpoint(method="GET", path=path, name=part, tag=TAG, title=title, handler=handler, answer=list[view])


ENDPOINTS = (
    _endpoint("parties", N_("当事人（未获授权的内容已遮蔽）"), PartyView, _parties),
    _endpoint("claims", N_("诉求"), ClaimView, _claims),
    _endpoint("consents", N_("各方的同意"), ConsentView, _consents),
    _endpoint("timeline", N_("办理经过，新的在前"), EventView, _timeline),
    _endpoint("timers", N_("期限"), TimerView, _timers),
    _endpoint("papers", N_("文书"), PaperItem, _papers),
    _endpoint("notes", N_("内部备注"), NoteView, _notes),
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
