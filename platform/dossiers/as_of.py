"""A case as of a moment: every fact as it then stood, cut to what its reader may see now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import past, reading, timeline
from cases.history import Timer
from cases.models import Case
from cases.parties import Claim, Consent, Party
from cases.past import Earlier
from cases.timers import TERMS
from foundation.clock import SHANGHAI
from foundation.errors import Conflict, invalid
from foundation.language import N_
from foundation.store import instant
from organisation.names_then import office_names
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from teams.agreement import Agreement
from teams.models import Team, TeamMember
from tenants import names
from tenants.subject import Subject


class PartyThen(Struct, frozen=True):
    """`name` as masked for this reader."""

    side: str
    ordinal: int
    name: str
    status: str
    consents: tuple[str, ...]
    """What it had agreed to and not taken back."""


class ClaimThen(Struct, frozen=True):
    ordinal: int
    nature: str
    decision: str


class TimerThen(Struct, frozen=True):
    kind: str
    title: str
    due_at: datetime
    paused: bool
    done: bool


class MemberThen(Struct, frozen=True):
    name: str
    role: str


class PaperThen(Struct, frozen=True):
    id: UUID
    kind: str
    number: str | None
    issued_at: datetime


class PastCase(Struct, frozen=True):
    at: datetime
    registration_no: str
    case_no: str | None
    dossier_no: str | None
    state: str
    step: int
    case_class: str | None
    outcome: str | None
    holder: str
    handler: str | None
    person_count: int
    persons_at_acceptance: int | None
    due_at: datetime | None
    parties: tuple[PartyThen, ...]
    claims: tuple[ClaimThen, ...]
    timers: tuple[TimerThen, ...]
    team: tuple[MemberThen, ...]
    agreement: str | None
    papers: tuple[PaperThen, ...]
    last_act: str
    """What had been done last."""
    last_verdict: str | None
    """Of that act, where it decides: a refusal is called otherwise."""


class HistoryUntold(Conflict):
    """Taken over without its course: what stood then cannot be told, and is not guessed from what stands now."""

    code = "history_untold"
    message = N_("本案没有办理经过记录，不能显示某一时刻的情况")


def moment_of(typed: str) -> datetime:
    """ISO 8601; without a zone it is Yunnan's time. Raises InvalidInput at `at`."""
    try:
        moment = datetime.fromisoformat(typed)
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    except ValueError:
        raise invalid("at", "malformed", N_("请填写日期和时间，如 2026-03-02T12:00")) from None


async def as_of(session: AsyncSession, subject: Subject, case_id: UUID, moment: datetime) -> tuple[Case, PastCase]:
    """The case now and then.

    NotFound for a stranger, Forbidden without the timeline, InvalidInput at `at`, HistoryUntold without events.
    """
    case, may = await gate.fetch_with_permissions(session, subject, Action.CASE_READ_TIMELINE, case_id)
    if moment > instant(session):
        raise invalid("at", "in_future", N_("时刻不得晚于此刻"))
    if moment < case.filed_at:
        raise invalid("at", "before_registration", N_("那时本案尚未登记"))
    changes = await past.earlier(session, case_id, moment)
    [then] = past.at([case], changes, moment, born="filed_at")
    last = next(iter(await timeline.of_case(session, case_id, may, limit=1, until=moment)), None)
    if last is None:
        raise HistoryUntold
    people = await names.people(session, [then.handler_id])
    offices = await office_names(session, [then.holder_office_id])
    reads = Action.CASE_READ in may.actions
    return case, PastCase(
        at=moment,
        registration_no=then.registration_no,
        case_no=then.case_no,
        dossier_no=then.dossier_no,
        state=last.state,
        step=last.step,
        case_class=then.case_class,
        outcome=then.outcome,
        holder=offices.at(then.holder_office_id, moment),
        handler=people.get(then.handler_id) if then.handler_id else None,
        person_count=then.person_count,
        persons_at_acceptance=then.persons_at_acceptance,
        due_at=then.due_at,
        parties=await _parties(session, subject, case_id, may, changes, moment),
        claims=await _claims(session, case_id, may, changes, moment),
        timers=await _timers(session, case_id, changes, moment) if reads else (),
        team=await _team(session, case_id, changes, moment) if reads else (),
        agreement=await _agreement(session, case_id, may, changes, moment),
        papers=await _papers(session, case_id, may, moment),
        last_act=last.act,
        last_verdict=last.data.get("verdict"),
    )


async def _parties(
    session: AsyncSession, subject: Subject, case_id: UUID, may: Permissions, changes: Earlier, moment: datetime
) -> tuple[PartyThen, ...]:
    shown = {party.id: party.name for party in await reading.parties_of(session, subject, case_id, may)}
    rows = await session.scalars(select(Party).where(Party.case_id == case_id).order_by(Party.side, Party.ordinal))
    given = past.at(await reading.consents_of(session, case_id, may), changes, moment)
    return tuple(
        PartyThen(one.side, one.ordinal, shown[one.id], one.status, _agreed(one.id, given))
        for one in past.at(rows, changes, moment)
        if one.id in shown
    )


def _agreed(party_id: UUID, given: Sequence[Consent]) -> tuple[str, ...]:
    """The latest answer to each question, where it is a yes that stands."""
    answers = {one.kind: one.given for one in given if one.party_id == party_id and one.withdrawn_at is None}
    return tuple(kind for kind, yes in answers.items() if yes)


async def _claims(
    session: AsyncSession, case_id: UUID, may: Permissions, changes: Earlier, moment: datetime
) -> tuple[ClaimThen, ...]:
    rows: list[Claim] = past.at(await reading.claims_of(session, case_id, may), changes, moment)
    return tuple(ClaimThen(one.ordinal, one.nature, one.decision) for one in rows)


async def _timers(session: AsyncSession, case_id: UUID, changes: Earlier, moment: datetime) -> tuple[TimerThen, ...]:
    rows = await session.scalars(select(Timer).where(Timer.case_id == case_id).order_by(Timer.due_at))
    return tuple(
        TimerThen(one.kind, TERMS[one.kind].title, one.due_at, one.paused_at is not None, one.done_at is not None)
        for one in past.at(rows, changes, moment)
    )


async def _team(session: AsyncSession, case_id: UUID, changes: Earlier, moment: datetime) -> tuple[MemberThen, ...]:
    teams = past.at(await session.scalars(select(Team).where(Team.case_id == case_id)), changes, moment)
    active = {team.id for team in teams if team.dissolved_at is None}
    rows = await session.scalars(select(TeamMember).where(TeamMember.case_id == case_id).order_by(TeamMember.id))
    members = [
        one
        for one in past.at(rows, changes, moment)
        if one.team_id in active and one.since <= moment and (one.until is None or one.until > moment)
    ]
    called = await names.people(session, [one.person_id for one in members])
    return tuple(MemberThen(called.get(one.person_id, ""), one.role) for one in members)


async def _agreement(
    session: AsyncSession, case_id: UUID, may: Permissions, changes: Earlier, moment: datetime
) -> str | None:
    """The status of the newest version that this reader may know of: drafts are not final papers."""
    rows = await session.scalars(select(Agreement).where(Agreement.case_id == case_id).order_by(Agreement.version))
    found = [one.status for one in past.at(rows, changes, moment)]
    if Action.CASE_READ_OPINION not in may.actions:
        found = [status for status in found if status == "effective"] if Action.CASE_READ_FINAL in may.actions else []
    return found[-1] if found else None


async def _papers(session: AsyncSession, case_id: UUID, may: Permissions, moment: datetime) -> tuple[PaperThen, ...]:
    papers = await reading.papers_of(session, case_id, may)
    return tuple(PaperThen(one.id, one.kind, one.number, one.issued_at) for one in papers if one.issued_at <= moment)
