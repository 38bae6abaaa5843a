"""The province of the leak tests: one case with everything in it and a canary in every text, and all who may ask."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.register import register
from cases.registration_form import RegistrationForm
from foundation.clock import FrozenClock
from foundation.forms import parse
from foundation.ids import new_id
from handover.models import Direction, HandoverOffer, OfferState
from policies.relations import Relation
from server.parts import Parts
from tests.cases.build import Walk
from tests.conftest import NOON
from tests.door import BASE, Door
from tests.leaks import canaries, standings, story
from tests.leaks.canaries import Canary
from tests.leaks.standings import HOLDERS, SISTERS, Desk, Standing
from tests.leaks.strangers import Seat, Stranger, look_alikes, make
from tests.leaks.visits import Visits
from tests.people import registration
from tests.world import World

BEFORE = NOON - timedelta(hours=3)
"""Monday morning: all that is told lies before the instant of the tests."""
PLAIN = {
    "jiantang.clerk": 6,
    "baohe.clerk": 2,
    "deqin.intake": 2,
    "xgll.intake": 1,
    "diqing.intake": 1,
    "yunnan.intake": 1,
}
"""Cases that only lists and counts look at: who registers them, and how many."""
UNNESTED = "533301"
"""A county whose code names another prefecture than the one it is put under."""
NEST_ELSEWHERE = text(
    "update tenants set prefecture_id = :above, parent_id = case when tier = 'C' then :above else parent_id end"
    " where county_id = (select t.id from tenants t join places p on p.id = t.place_id where p.code_mca = :code)"
)
END_OTHERS = text("update case_relations set until = :now where case_id = :case and relation not in ('self')")
MOVE = text(
    "update cases set holder_office_id = :office, province_id = :province, prefecture_id = :prefecture,"
    " county_id = :county, township_id = :township where id = :case"
)


class Ground(Door):
    """Clients of the application over this province; `case` has it all, `sister` is a plain case of the sister county.

    `cut`: the moment of the case's past at which a former holder's sight ends. `papers`: one of each field group.
    """

    def __init__(self, app: Litestar, world: World, walk: Walk, sister: Walk) -> None:
        super().__init__(app, world)
        self.visits = Visits(app)
        self.walk, self.sister = walk, sister
        self.case_id: UUID = walk.case_id
        self.canaries: dict[str, Canary] = {}
        self.standings: list[Standing] = []
        self.strangers: list[Stranger] = []
        self.desks: dict[tuple[str, str], Desk] = {}
        self.papers: dict[str, UUID] = {}
        self.file_id: UUID = walk.case_id
        self.cut: datetime = NOON
        self.number = ""
        self._held_at = ""

    def client(self, *, address: str = "127.0.0.1", **options: Any) -> AsyncClient:
        transport = ASGITransport(app=self.visits, raise_app_exceptions=False, client=(address, 50000))
        return AsyncClient(transport=transport, base_url=BASE, **options)

    async def held_at(self, tier: str) -> None:
        """Put the case into the custody of that tier's own office; nothing else of it changes."""
        if self._held_at == tier:
            return
        desk = self.desks[HOLDERS[tier], "window" if tier == "T" else "workroom"]
        names = ("province", "prefecture", "county", "township")
        async with self.world.owner() as session:
            columns = dict(zip(names, desk.columns, strict=True))
            await session.execute(MOVE, {"office": desk.id, "case": self.case_id, **columns})
        self._held_at = tier

    def of(self, standing: Standing) -> AsyncClient:
        return self.bearing(standing.token)

    def standing(self, role: str, tier: str, relation: str) -> Standing:
        wanted = (role, tier, relation)
        found = (one for one in self.standings if (one.cell.role, one.cell.tier, one.cell.relation) == wanted)
        return next(found)


async def prepared(app: Litestar, world: World, parts: Parts, clock: FrozenClock) -> Ground:
    clock.instant = BEFORE
    form = await registration(world, persons=2)
    other = await world.register("weixi.intake", **form)
    for login, number in PLAIN.items():
        for _ in range(number):
            await world.register(login, **form)
    walk = await story.told(world, parts.files)
    ground = Ground(app, world, walk, Walk(world, other.case.id, other.receipts))
    await _unnested(world, form)
    clock.instant = NOON
    async with world.owner() as session:
        await _furnish(ground, session)
    return ground


async def _unnested(world: World, form: dict[str, Any]) -> None:
    """A county moved to the prefecture of the case before anything was registered there; one case of its own."""
    above = await world.subject("diqing.director")
    async with world.owner() as session:
        await session.execute(NEST_ELSEWHERE, {"above": above.tenant_id, "code": UNNESTED})
        desk = (await standings.desks(session, [UNNESTED]))[UNNESTED, "workroom"]
    registrar = structs.replace(above, role="intake", tier="C", tenant_id=desk.tenant_id, office_id=desk.id)
    async with world.store.scoped(registrar.scope) as session:
        await register(session, registrar, parse(RegistrationForm, form, strict=True))


async def _furnish(ground: Ground, session: AsyncSession) -> None:
    case = {"case": ground.case_id}
    for case_id in (ground.case_id, ground.sister.case_id):
        ground.canaries |= {one.text: one for one in await canaries.plant(session, case_id)}
    ground.cut = await session.scalar(text("select min(recorded_at) from plans where case_id = :case"), case)
    await session.execute(END_OTHERS, {**case, "now": NOON - timedelta(seconds=1)})
    ground.standings = await standings.seat(session, ground.case_id, NOON, ground.cut)
    ground.desks = dict(await standings.desks(session, {*HOLDERS.values(), *SISTERS.values(), "533423"}))
    query = text("select distinct on (field_group) field_group, id from papers where case_id = :case order by 1, 2")
    ground.papers = {group: paper for group, paper in await session.execute(query, case)}
    ground.file_id = await session.scalar(text("select id from stored_files where case_id = :case"), case)
    ground.number = await session.scalar(text("select registration_no from cases where id = :case"), case)
    await _offer(ground, session)
    ground.strangers = await strangers_of(ground, session)


async def _offer(ground: Ground, session: AsyncSession) -> None:
    """One that stands open, so that a preview has something to show; the case itself is not frozen by it."""
    held, taker = ground.desks[HOLDERS["C"], "workroom"], ground.desks[SISTERS["C"], "workroom"]
    offer = HandoverOffer(
        id=new_id(NOON),
        case_id=ground.case_id,
        direction=Direction.SIDEWAYS.value,
        reason="jurisdiction",
        from_office_id=held.id,
        from_tenant_id=held.tenant_id,
        to_office_id=taker.id,
        to_tenant_id=taker.tenant_id,
        state=OfferState.OPEN.value,
        offered_by=(await ground.world.subject("xgll.director")).person_id,
        recorded_at=NOON - timedelta(minutes=1),
    )
    session.add(offer)


async def strangers_of(ground: Ground, session: AsyncSession) -> list[Stranger]:
    """Everybody near and far who must not learn that the case exists, while the county holds it."""
    desk = {name: ground.desks[SISTERS["C"], name].id for name in ("workroom", "committee", "justice_bureau")}
    own = {kind: office.id for (code, kind), office in ground.desks.items() if code == HOLDERS["C"]}
    alike = await look_alikes(session, ground.desks[HOLDERS["C"], "workroom"].tenant_id, "window")
    past = {"since": timedelta(days=-3), "until": timedelta(hours=-1)}
    ahead = {"since": timedelta(hours=1), "until": timedelta(days=3)}
    seats = [
        Seat("director of the sister county", "wr_director", desk["workroom"]),
        Seat("registrar of the sister county", "intake", desk["workroom"]),
        Seat("supervisor of another prefecture", "supervisor_f", ground.desks["533300", "leading_group"].id),
        Seat("head of a township below the holder", "sfs_head", ground.desks[HOLDERS["T"], "window"].id),
        Seat("director of the prefecture, which holds others", "wr_director", ground.desks["533400", "workroom"].id),
        *(Seat(f"head of the look-alike tenant {tenant}", "sfs_head", office) for tenant, office in alike.items()),
        Seat("director who has left for a conflict", "wr_director", own["workroom"], Relation.EXCLUDED),
        Seat("director complained of", "wr_director", own["workroom"], Relation.COMPLAINED_OF),
        Seat(
            "supervisor complained of",
            "supervisor_p",
            ground.desks["530000", "leading_group"].id,
            Relation.COMPLAINED_OF,
        ),
        Seat("handler whose record has ended", "mediator", desk["committee"], Relation.HANDLER, **past),
        Seat("handler whose record begins later", "mediator", desk["committee"], Relation.HANDLER, **ahead),
        Seat("assistant of the day, by duty alone", "duty_member", own["workroom"]),
        Seat("auxiliary staff of the holder", "aux_staff", own["workroom"]),
        Seat("statistician of the holder", "stats_reader", own["leading_group"]),
        Seat("system administrator", "sysadmin", own["justice_bureau"]),
        Seat("security administrator", "secadmin", ground.desks["530000", "justice_bureau"].id),
        Seat("audit administrator", "auditadmin", ground.desks["530000", "justice_bureau"].id),
    ]
    return await make(session, seats, ground.case_id, NOON)
