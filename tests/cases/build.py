"""The reference dispute brought to each state by the real acts of the real people, for whoever tests what follows."""

from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from cases.parties import Claim, Party
from cases.registered_parties import Receipt
from handover.models import HandoverOffer
from tests.people import registration
from tests.world import World


class Walk(Struct):
    """One case on its way."""

    world: World
    case_id: UUID
    receipts: tuple[Receipt, ...]

    async def petitioners(self) -> list[Party]:
        return await self._parties("petitioner")

    async def company(self) -> Party:
        return (await self._parties("respondent"))[0]

    async def _parties(self, side: str) -> list[Party]:
        query = select(Party).where(Party.case_id == self.case_id, Party.side == side).order_by(Party.ordinal)
        async with self.world.owner() as session:
            return list(await session.scalars(query))

    async def claims(self) -> list[Claim]:
        async with self.world.owner() as session:
            query = select(Claim).where(Claim.case_id == self.case_id).order_by(Claim.ordinal)
            return list(await session.scalars(query))

    async def do(self, login: str, act: str, *, post: Any = None, **form: object) -> None:
        await self.world.do(login, self.case_id, act, post=post, **form)


async def registered(world: World, *, persons: int = 12) -> Walk:
    """At the township's window."""
    done = await world.register("jiantang.clerk", **await registration(world, persons=persons))
    return Walk(world, done.case.id, done.receipts)


async def assessing(world: World, *, persons: int = 12) -> Walk:
    """Approved at the township, offered up and accepted by the workroom of 香格里拉市."""
    walk = await registered(world, persons=persons)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    return walk


async def assessed(world: World, *, persons: int = 12) -> Walk:
    """Claims a and b suitable; c refused and split off for the twelfth person (or the last)."""
    walk = await assessing(world, persons=persons)
    first, second, third = await walk.claims()
    for claim, matter in ((first, "damage"), (second, "temporary_use")):
        form = {"claim_id": str(claim.id), "decision": "suitable", "land_matter": matter}
        await walk.do("xgll.director", "assess-claim", **form)
    await walk.do(
        "xgll.director",
        "assess-claim",
        claim_id=str(third.id),
        decision="refused",
        land_matter="compensation_standard",
        ground="administrative",
        legal_basis="2025年意见第二条；行政复议法第11条",
        way="reconsideration",
        organ="迪庆州人民政府",
        last_day="2026-04-20",
    )
    people = await walk.petitioners()
    await walk.do(
        "xgll.director",
        "split-claim",
        claim_id=str(third.id),
        party_ids=[str(people[-1].id)],
        organ="迪庆州人民政府",
        advice="可申请行政复议",
    )
    return walk


async def consented(world: World, *, persons: int = 12) -> Walk:
    """The last person declines; all others and the company agree."""
    walk = await assessed(world, persons=persons)
    people = [str(party.id) for party in await walk.petitioners()]
    staying = people[:-1] if persons > 1 else people
    for kind in ("mediation", "disclosure"):
        await walk.do("xgll.director", "record-consent", party_ids=staying, kind=kind, given=True)
    if persons > 1:
        await walk.do("xgll.director", "record-consent", party_ids=people[-1:], kind="mediation", given=False)
    company = str((await walk.company()).id)
    await walk.do("xgll.director", "record-consent", party_ids=[company], kind="mediation", given=True)
    return walk


async def accepted(world: World, *, persons: int = 12) -> Walk:
    walk = await consented(world, persons=persons)
    await walk.do("xgll.director", "accept-case", arrangement="组成专调小组，三十日内办结")
    return walk


async def entrusted(world: World, *, persons: int = 12) -> Walk:
    """The deed signed by the company and the committee."""
    walk = await accepted(world, persons=persons)
    await walk.do("xgll.director", "propose-entrustment", unit_clear=True, scope="墙体开裂与临时用地补偿两项诉求")
    await walk.do("xgll.director", "sign-entrustment", capacity="unit", signed_name="公司代表", sealed=True)
    await walk.do("xgll.director", "sign-entrustment", capacity="committee", signed_name="调委会", sealed=True)
    return walk


async def open_offer(walk: Walk) -> HandoverOffer:
    async with walk.world.owner() as session:
        query = select(HandoverOffer).where(HandoverOffer.case_id == walk.case_id, HandoverOffer.state == "open")
        return (await session.scalars(query)).one()
