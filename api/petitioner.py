"""The petitioner's own status, by the receipt's number and code, which travels in the body, never in an address."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access.recusal_reading import own_requests
from api.admitted import admitted
from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheCatalogue, TheStore
from api.requests import body
from cases import reading, timeline
from cases.acts import available
from cases.catalogue import Catalogue
from cases.models import Case
from cases.own_data import OwnData, own_data
from cases.remedies import Remedy, clock_of
from cases.remedy_clock import FREE_HELPERS, MEDIATION_STOPS_NOTHING, in_words, warnings
from cases.steps import STATE_NAMES, STEP_NAMES, State, Step
from cases.term_views import TimerView, timers_for_party
from foundation.language import N_, translate
from handover.journey import Journey, contact_for_party, journey_of
from handover.reading import transfer_of
from oversight.complaints import own_complaints
from policies import gate
from policies.actions import Action
from tenants.models import Office
from tenants.subject import Subject


class Receipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    registration_no: Annotated[str, Meta(title=N_("登记号"), min_length=1, max_length=60)]
    code: Annotated[str, Meta(title=N_("回执查询码"), min_length=1, max_length=40)]


class OwnPaper(Struct, frozen=True):
    kind: str
    number: str | None
    issued_at: datetime
    content: dict[str, Any]


class OwnTerm(Struct, frozen=True):
    """A term that runs in the case; `days_left` in `counted`, negative = so many too late."""

    title: str
    source: str
    due_at: datetime
    days_left: int
    counted: str
    provisional: bool
    paused: bool
    done: bool
    remedy: bool


class OwnRemedy(Struct, frozen=True):
    """A lawful way that stays open. `last_day` null = it can't be reckoned: `length` `unit` from `counted_from`."""

    title: str
    source: str
    last_day: date | None
    days_left: int | None
    length: int
    unit: str
    counted_from: str
    mediation: str
    beware: list[str]


class OwnLook(Struct, frozen=True):
    """Which office looked at the petitioner's data, when and why."""

    office: str
    purpose: str
    at: datetime


class OwnComplaint(Struct, frozen=True):
    """`finding` and `answer` null = the tier above is still looking into it, until `answer_by`."""

    kind: str
    filed_at: datetime
    answer_by: datetime
    finding: str | None
    answer: str | None


class OwnTransfer(Struct, frozen=True):
    """The case is on its way to another office, which has not answered yet."""

    since: datetime
    sender: str
    receiver: str


class OwnRecusal(Struct, frozen=True):
    """`reason` null = not decided yet, or decided by the person's own leaving."""

    person: str
    ground: str
    state: str
    asked_at: datetime
    decide_by: datetime | None
    reason: str | None


class OwnAct(Struct, frozen=True):
    """What the petitioner may do now, at `POST /petitioner/acts/{name}`."""

    name: str
    title: str


class Status(Struct, frozen=True):
    registration_no: str
    case_no: str | None
    state: str
    state_name: str
    step: int
    step_name: str
    holder: str
    filed_at: datetime
    own: OwnData | None
    papers: list[OwnPaper]
    terms: list[OwnTerm]
    remedy_clock: list[OwnRemedy]
    mediation: str
    free_helpers: list[str]
    looks: list[OwnLook]
    transfer: OwnTransfer | None
    journey: Journey | None
    """The last handover: moving, arrived, stayed where it was, or decided above."""
    contact: str
    """Where the present holder is reached."""
    recusals: list[OwnRecusal]
    complaints: list[OwnComplaint]
    acts: list[OwnAct]


async def status(request: AnyRequest, store: TheStore, catalogue: TheCatalogue) -> Response[bytes]:
    """A wrong number and a wrong code are the same 404."""
    given = await body(request, Receipt)
    case_id, subject = await admitted(request, store, given)
    async with store.scoped(subject.scope) as session:
        view = await _status(session, subject, catalogue, case_id)
    return respond(answer(view))


async def _status(session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID) -> Status:
    case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
    may = await gate.permissions(session, subject, case)
    holder = await session.get_one(Office, case.holder_office_id)
    papers = await reading.papers_of(session, case_id, may)
    terms = await timers_for_party(session, case)
    clock = await clock_of(session, case)
    transfer = await transfer_of(session, case_id)
    looks = await reading.looks_at(session, case_id, subject.person_id)
    return Status(
        registration_no=case.registration_no,
        case_no=case.case_no,
        state=case.state,
        state_name=translate(STATE_NAMES[State(case.state)]),
        step=case.step,
        step_name=translate(STEP_NAMES[Step(case.step)]),
        holder=holder.name,
        filed_at=case.filed_at,
        own=await own_data(session, subject, case_id, may),
        papers=[
            OwnPaper(paper.kind, paper.number, paper.issued_at, in_words(clock) | paper.content) for paper in papers
        ],
        terms=[_term(term) for term in terms],
        remedy_clock=[_remedy(remedy) for remedy in clock],
        mediation=translate(MEDIATION_STOPS_NOTHING),
        free_helpers=[translate(helper) for helper in FREE_HELPERS],
        journey=await journey_of(session, case, await timeline.of_case(session, case_id, may)),
        contact=await contact_for_party(session, case.holder_office_id),
        transfer=OwnTransfer(transfer.since, transfer.sender, transfer.receiver) if transfer else None,
        recusals=[
            OwnRecusal(one.person, one.ground, one.state, one.asked_at, one.decide_by, one.reason)
            for one in await own_requests(session, subject, case_id)
        ],
        complaints=[
            OwnComplaint(one.kind, one.recorded_at, one.answer_by, one.finding, one.answer)
            for one in await own_complaints(session, subject, case_id)
        ],
        acts=[
            OwnAct(one.act.name, translate(one.act.title))
            for one in await available(session, subject, catalogue, case, may)
            if not one.act.writes and one.refusal is None
        ],
        looks=[OwnLook(look.office, look.purpose, look.recorded_at) for look in looks],
    )


def _term(term: TimerView) -> OwnTerm:
    return OwnTerm(
        title=translate(term.title),
        source=translate(term.source),
        due_at=term.due_at,
        days_left=term.days_left,
        counted=translate(term.counted),
        provisional=term.provisional,
        paused=term.paused,
        done=term.done,
        remedy=term.remedy,
    )


def _remedy(remedy: Remedy) -> OwnRemedy:
    return OwnRemedy(
        title=translate(remedy.title),
        source=translate(remedy.source),
        last_day=remedy.last_day,
        days_left=remedy.days_left,
        length=remedy.length,
        unit=translate(remedy.unit),
        counted_from=translate(remedy.counted_from),
        mediation=translate(remedy.mediation),
        beware=[translate(text) for text in warnings(remedy)],
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/petitioner/status",
        name="petitionerStatus",
        tag="petitioner",
        title=N_("信访人查询本人案件"),
        help=N_("凭登记号和回执查询码，无须账号"),
        handler=status,
        body=Receipt,
        answer=Status,
        public=True,
        limited=True,
    ),
)
