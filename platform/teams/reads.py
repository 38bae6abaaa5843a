"""What pages and the API show of a case's team, plan and agreement; each cut to what the gate gave."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.consent import unnamed
from cases.parties import Party
from foundation.clock import local_date
from foundation.store import instant
from policies.actions import Action
from policies.gate import Permissions
from teams import seats
from teams.agreement import Agreement, Status, signatures_of, terms_of
from teams.models import Plan, TeamMember
from tenants.models import Person


class MemberView(Struct, frozen=True):
    """`status`: proposed | accepted | replaced, and of a term: to_come | ended. `last_day`: None = with the case."""

    id: UUID
    person_id: UUID
    name: str
    profession: str | None
    role: str
    status: str
    needs_acceptance: bool
    since: datetime
    until: datetime | None
    last_day: date | None
    replaced_for: str | None


class TeamView(Struct, frozen=True):
    """`members` with those who were replaced: history is shown, not hidden."""

    id: UUID
    formed_at: datetime
    confirmed_at: datetime | None
    members: tuple[MemberView, ...]


class PlanView(Struct, frozen=True):
    version: int
    paper_id: UUID
    recorded_at: datetime


class TermView(Struct, frozen=True):
    id: UUID
    ordinal: int
    to: str
    by: str
    kind: str
    amount_fen: int | None
    text: str
    due_on: date


class SignatureView(Struct, frozen=True):
    """`who` is "信访人1" and the like; a mediator's is empty."""

    who: str
    capacity: str
    signed_at: datetime


class AgreementView(Struct, frozen=True):
    """The effective agreement, or the draft for those who may read drafts. Parties stand in it without names."""

    id: UUID
    version: int
    status: str
    manner: str
    number: str | None
    effective_at: datetime | None
    facts: str
    matters: str
    responsibility: str | None
    responsible: str | None
    undertakes_cost: bool
    accepts_enforcement: bool
    paper_id: UUID | None
    terms: tuple[TermView, ...]
    signatures: tuple[SignatureView, ...]


async def team_of(session: AsyncSession, case_id: UUID) -> TeamView | None:
    """The active team; everyone who sees the case may know who handles it (row-level security cuts the rest)."""
    team = await seats.active_team(session, case_id)
    if team is None:
        return None
    query = (
        select(TeamMember, Person.name, Person.profession)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.team_id == team.id)
        .order_by(TeamMember.since, TeamMember.id)
    )
    now = instant(session)
    members = tuple(_member(*row, now) for row in (await session.execute(query)).all())
    return TeamView(team.id, team.recorded_at, team.confirmed_at, members)


async def plans_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[PlanView]:
    """Newest first; the words are in the paper."""
    if Action.CASE_READ_OPINION not in permissions.actions:
        return ()
    query = select(Plan).where(Plan.case_id == case_id).order_by(Plan.version.desc())
    return [PlanView(one.version, one.paper_id, one.recorded_at) for one in await session.scalars(query)]


async def agreement_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> AgreementView | None:
    shown = []
    if Action.CASE_READ_FINAL in permissions.actions:
        shown.append(Status.EFFECTIVE.value)
    if Action.CASE_READ_OPINION in permissions.actions:
        shown.append(Status.DRAFT.value)
    query = select(Agreement).where(Agreement.case_id == case_id, Agreement.status.in_(shown))
    agreement = (await session.scalars(query.order_by(Agreement.version.desc()).limit(1))).one_or_none()
    return await _agreement(session, agreement) if agreement else None


async def _agreement(session: AsyncSession, agreement: Agreement) -> AgreementView:
    parties = await session.scalars(select(Party).where(Party.case_id == agreement.case_id))
    names = {party.id: unnamed(party.side, party.ordinal) for party in parties}
    words = agreement.content
    return AgreementView(
        id=agreement.id,
        version=agreement.version,
        status=agreement.status,
        manner=agreement.manner,
        number=agreement.number,
        effective_at=agreement.effective_at,
        facts=words["facts"],
        matters=words["matters"],
        responsibility=words["responsibility"],
        responsible=names.get(agreement.responsible_id) if agreement.responsible_id else None,
        undertakes_cost=agreement.undertakes_cost,
        accepts_enforcement=agreement.accepts_enforcement,
        paper_id=agreement.paper_id,
        terms=tuple(
            TermView(
                one.id,
                one.ordinal,
                names.get(one.party_id, ""),
                names.get(one.obligor_id, ""),
                one.kind,
                one.amount_fen,
                one.text,
                one.due_on,
            )
            for one in await terms_of(session, agreement.id)
        ),
        signatures=tuple(
            SignatureView(names.get(one.party_id, "") if one.party_id else "", one.capacity, one.signed_at)
            for one in await signatures_of(session, agreement.id)
        ),
    )


def _member(row: TeamMember, name: str, profession: str | None, now: datetime) -> MemberView:
    return MemberView(
        id=row.id,
        person_id=row.person_id,
        name=name,
        profession=profession,
        role=row.role,
        status=_status(row, now),
        needs_acceptance=row.needs_acceptance,
        since=row.since,
        until=row.until,
        last_day=_last_day(row),
        replaced_for=row.replaced_for,
    )


def _status(row: TeamMember, now: datetime) -> str:
    """A term that has run out ends by itself: nobody has to write it down first."""
    if row.status == "replaced":
        return row.status
    if row.ends_at is not None and row.ends_at <= now:
        return "ended"
    return "to_come" if row.since > now and row.status == "accepted" else row.status


def _last_day(row: TeamMember) -> date | None:
    """A term ends with the last instant of a day; a seat that was given up, within one."""
    if row.until is not None and row.replaced_for != seats.LAPSED:
        return local_date(row.until)
    return local_date(row.ends_at - timedelta(microseconds=1)) if row.ends_at else None
