"""The reference dispute from the deed to the sealed agreement, by the real acts of the real people.

What comes before the deed is the business of tests/cases: here it is written straight into the rows.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cases import timers
from cases.classes import ClassFacts, classify
from cases.history import Timer
from cases.models import Case
from cases.papers import Paper
from cases.parties import Consent, Party
from cases.steps import STEP_OF, State
from foundation.clock import local_date
from foundation.errors import InvalidInput
from foundation.ids import new_id
from foundation.store import instant
from teams.agreement import Agreement, AgreementTerm, Signature
from teams.models import TeamMember
from tests.cases.build import Walk
from tests.people import registration
from tests.world import World

TEAM = {
    "xgll.handler": "handler",
    "xgll.mediator": "mediator",
    "xgll.lawyer": "lawyer",
    "xgll.notary_a": "notary",
    "xgll.traffic": "invited_official",
}
OWED = 1_000_000
"""Fen, to each petitioner."""


async def row(world: World, login: str, role: str, *, no_conflict: bool = True) -> dict[str, Any]:
    return {"person_id": str((await world.subject(login)).person_id), "role": role, "no_conflict": no_conflict}


async def rows(world: World, team: dict[str, str] | None = None) -> list[dict[str, Any]]:
    return [await row(world, login, role) for login, role in (team or TEAM).items()]


async def entrusted(world: World, *, persons: int = 2, desk: str = "xgll.intake") -> Walk:
    """Registered at that desk, consented by all but the last person, accepted, entrusted."""
    done = await world.register(desk, **await registration(world, persons=persons))
    walk = Walk(world, done.case.id, done.receipts)
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        case.state, case.step = State.ENTRUSTED, STEP_OF[State.ENTRUSTED]
        case.case_class = classify(ClassFacts(persons=persons)).case_class
        case.accepted_at = instant(session)
        parties = list(await session.scalars(select(Party).where(Party.case_id == case.id)))
        for party in parties:
            if party.side == "petitioner" and party.ordinal == persons > 1:
                party.status = "declined"
        session.add_all(_consent(party, instant(session)) for party in parties if party.status == "active")
        await timers.start(session, case, "mediation")
    return walk


def _consent(party: Party, now: datetime) -> Consent:
    return Consent(
        id=new_id(now),
        case_id=party.case_id,
        party_id=party.id,
        kind="mediation",
        given=True,
        form="written",
        recorded_at=now,
        recorded_by=party.recorded_by,
    )


async def formed(world: World, *, persons: int = 2, team: dict[str, str] | None = None) -> Walk:
    walk = await entrusted(world, persons=persons)
    await walk.do("xgll.director", "form-team", members=await rows(world, team))
    return walk


async def members(walk: Walk) -> dict[str, TeamMember]:
    """Serving members by role."""
    query = select(TeamMember).where(TeamMember.case_id == walk.case_id, TeamMember.until.is_(None))
    async with walk.world.owner() as session:
        return {member.role: member for member in await session.scalars(query)}


async def table(walk: Walk) -> list[str]:
    """Ids of the parties at the table: active petitioners, then the company."""
    active = [str(one.id) for one in await walk.petitioners() if one.status == "active"]
    return [*active, str((await walk.company()).id)]


async def answer(walk: Walk, role: str, parties: list[str], *, accepted: bool = True) -> None:
    member = (await members(walk))[role]
    await walk.do(
        "xgll.director", "accept-member", member_id=str(member.id), party_ids=parties, accepted=accepted, form="written"
    )


async def confirmed(world: World, *, persons: int = 2, team: dict[str, str] | None = None) -> Walk:
    walk = await formed(world, persons=persons, team=team)
    parties = await table(walk)
    for role in {"mediator", "invited_official"} & set((team or TEAM).values()):
        await answer(walk, role, parties)
    await walk.do("xgll.director", "confirm-team")
    return walk


async def planned(world: World, *, persons: int = 2) -> Walk:
    walk = await confirmed(world, persons=persons)
    await walk.do("xgll.handler", "write-plan", dispute="墙体开裂的原因和租金数额", measures="实地查看，鉴定，分户协商")
    return walk


OPINION = {
    "facts": "爆破点距房屋六十米，鉴定认定裂缝与爆破有因果关系",
    "legal_basis": "民法典第1165条、第1184条",
    "proposal": "公司按户修复并支付租金和青苗补偿",
}


async def proposed(world: World, *, persons: int = 2) -> Walk:
    walk = await planned(world, persons=persons)
    await walk.do("xgll.handler", "issue-opinion", **OPINION)
    return walk


async def draft_form(walk: Walk, **changes: Any) -> dict[str, Any]:
    """Ten thousand yuan to each petitioner within a month, and the walls mended for the first."""
    *people, company = await table(walk)
    due = str(local_date(walk.world.clock.now()) + timedelta(days=30))
    terms = [
        {
            "party_id": person,
            "obligor_id": company,
            "kind": "money",
            "amount_fen": OWED,
            "text": "租金和青苗补偿，转账支付",
            "due_on": due,
        }
        for person in people
    ]
    terms.append({"party_id": people[0], "obligor_id": company, "kind": "act", "text": "修复墙体", "due_on": due})
    form = {
        "manner": "written",
        "facts": "施工爆破致墙体开裂；临时用地租金和青苗补偿未付",
        "matters": "修复、租金和青苗补偿",
        "terms": terms,
        "responsible_id": company,
        "responsibility": "公司承担全部责任",
        "undertakes_cost": True,
        "accepts_enforcement": True,
    }
    return form | changes


async def drafted(world: World, *, persons: int = 2) -> Walk:
    walk = await proposed(world, persons=persons)
    await walk.do("xgll.handler", "draft-agreement", **await draft_form(walk))
    return walk


async def ask_alone(walk: Walk, party: str, *, free: bool = True) -> None:
    told: dict[str, Any] = {"asked_alone": True, "read_out": True, "may_take_home": True}
    await walk.do("xgll.handler", "confirm-free-will", party_id=party, free=free, **told)


async def sign(walk: Walk, party: str, **form: Any) -> None:
    await walk.do("xgll.mediator", "sign-agreement", **({"capacity": "self", "party_id": party} | form))


async def signed(world: World, *, persons: int = 2) -> Walk:
    walk = await drafted(world, persons=persons)
    for party in await table(walk):
        await ask_alone(walk, party)
        await sign(walk, party)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    return walk


async def sealed(world: World, *, persons: int = 2) -> Walk:
    walk = await signed(world, persons=persons)
    await walk.do("xgll.chair", "seal-agreement", copies=persons + 2)
    return walk


async def agreement(walk: Walk) -> Agreement:
    """The newest."""
    query = select(Agreement).where(Agreement.case_id == walk.case_id).order_by(Agreement.version.desc()).limit(1)
    async with walk.world.owner() as session:
        return (await session.scalars(query)).one()


async def signatures(walk: Walk) -> list[Signature]:
    async with walk.world.owner() as session:
        return list(await session.scalars(select(Signature).where(Signature.case_id == walk.case_id)))


async def terms(agreement_id: UUID, world: World) -> list[AgreementTerm]:
    query = select(AgreementTerm).where(AgreementTerm.agreement_id == agreement_id).order_by(AgreementTerm.ordinal)
    async with world.owner() as session:
        return list(await session.scalars(query))


def broken(error: pytest.ExceptionInfo[InvalidInput]) -> set[tuple[str, str]]:
    """(field, rule) of everything the form refused."""
    return {(field.field, field.rule) for field in error.value.fields}


async def papers(walk: Walk, kind: str) -> list[Paper]:
    query = select(Paper).where(Paper.case_id == walk.case_id, Paper.kind == kind).order_by(Paper.issued_at)
    async with walk.world.owner() as session:
        return list(await session.scalars(query))


async def timer(walk: Walk, kind: str) -> Timer:
    """The newest of its kind."""
    query = select(Timer).where(Timer.case_id == walk.case_id, Timer.kind == kind).order_by(Timer.due_at.desc())
    async with walk.world.owner() as session:
        return (await session.scalars(query.limit(1))).one()
