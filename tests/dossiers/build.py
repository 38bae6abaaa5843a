"""Cases in the states from which this room's acts begin, made behind everybody's back by the owner."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.parties import Party
from cases.steps import STEP_OF, State
from foundation.files import FileStore, StoredFile
from foundation.ids import new_id
from foundation.store import instant
from policies.relations import Relation
from teams.agreement import Agreement, AgreementTerm
from teams.models import Team, TeamMember
from tests.people import registration
from tests.world import World

Row = TypeVar("Row")
OWED = 1_000_000
"""Fen, to each petitioner."""
DUE = date(2026, 3, 20)
TEAM = {"xgll.handler": "handler", "xgll.mediator": "mediator", "xgll.lawyer": "lawyer", "xgll.notary_a": "notary"}


class Built(Struct, frozen=True):
    """Ids of one built case; `money` are the payment terms, `deed` the one term that is an act."""

    case_id: UUID
    petitioners: tuple[UUID, ...]
    company: UUID
    money: tuple[UUID, ...] = ()
    deed: UUID | None = None

    @property
    def everyone(self) -> list[str]:
        return [str(party) for party in (*self.petitioners, self.company)]


async def table_case(world: World) -> Built:
    return await _built(world, State.PROPOSED)


async def agreed_case(world: World) -> Built:
    built = await _built(world, State.GUIDED)
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        case.outcome, case.guided_at = "agreed", instant(session)
        for party in await session.scalars(select(Party).where(Party.case_id == case.id)):
            party.status = "settled"
        terms = await _agreement(session, case, built)
    return Built(built.case_id, built.petitioners, built.company, tuple(terms[:-1]), terms[-1])


async def _built(world: World, state: State) -> Built:
    registered = await world.register("xgll.intake", **await registration(world, persons=2, representatives=1))
    people = {login: (await world.subject(login)).person_id for login in TEAM}
    async with world.owner() as session:
        case = await session.get_one(Case, registered.case.id)
        case.state, case.step, case.case_no = state, STEP_OF[state], f"云533401信调〔2026〕{case.registration_no}"
        await _team(session, case, people)
        parties = list(await session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.ordinal)))
    petitioners = tuple(party.id for party in parties if party.side == "petitioner")
    company = next(party.id for party in parties if party.side == "respondent")
    return Built(registered.case.id, petitioners, company)


async def _team(session: AsyncSession, case: Case, people: dict[str, UUID]) -> None:
    now = instant(session)
    team = Team(
        id=new_id(now),
        case_id=case.id,
        office_id=case.holder_office_id,
        formed_by=people["xgll.handler"],
        confirmed_at=now,
        recorded_at=now,
    )
    session.add(team)
    await session.flush()
    for login, role in TEAM.items():
        member = TeamMember(
            id=new_id(now),
            case_id=case.id,
            team_id=team.id,
            person_id=people[login],
            role=role,
            status="accepted",
            needs_acceptance=False,
            since=now,
            recorded_at=now,
        )
        session.add(member)
        relation = Relation.HANDLER if role == "handler" else Relation.TEAM
        await relations.grant(session, case, relation, person_id=people[login], role=role, source="test")
    case.handler_id = people["xgll.handler"]


async def _agreement(session: AsyncSession, case: Case, built: Built) -> list[UUID]:
    """Ten thousand yuan to each petitioner, and one repair."""
    now = instant(session)
    agreement = Agreement(
        id=new_id(now),
        case_id=case.id,
        version=1,
        status="effective",
        manner="written",
        content={},
        undertakes_cost=True,
        accepts_enforcement=True,
        effective_at=now,
        recorded_at=now,
        recorded_by=built.company,
    )
    session.add(agreement)
    await session.flush()
    rows = [("money", OWED, party) for party in built.petitioners] + [("act", None, built.petitioners[0])]
    terms = [
        AgreementTerm(
            id=new_id(now),
            case_id=case.id,
            agreement_id=agreement.id,
            ordinal=ordinal,
            party_id=party,
            obligor_id=built.company,
            kind=kind,
            amount_fen=amount,
            text="条款",
            due_on=DUE,
            recorded_at=now,
        )
        for ordinal, (kind, amount, party) in enumerate(rows, start=1)
    ]
    session.add_all(terms)
    await session.flush()
    return [term.id for term in terms]


async def give_paper(world: World, built: Built, kind: str, **content: Any) -> None:
    """A paper that another room would have issued."""
    subject = await world.subject("xgll.handler")
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        await issue(session, subject, case, PaperKind(kind, kind, Group.FINAL), content)


async def keep_picture(world: World, files: FileStore, built: Built, content: bytes) -> StoredFile:
    async with world.as_("xgll.handler") as (session, subject):
        return await files.keep(
            session, case_id=built.case_id, recorded_by=subject.person_id, name="照片.png", content=content
        )


async def rows(world: World, model: type[Row], built: Built) -> list[Row]:
    async with world.owner() as session:
        return list(await session.scalars(select(model).where(model.case_id == built.case_id)))  # type: ignore[attr-defined]  # every child of a case has it
