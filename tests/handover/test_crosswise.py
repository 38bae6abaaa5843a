"""Two acts at one moment that need the same rows wait for each other in one order: no deadlock ends one of them."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select, text

from cases.models import Case
from foundation.clock import local_date
from foundation.errors import DomainError, Forbidden, NotFound, VersionStale
from foundation.ids import new_id
from foundation.store import instant
from funding import books, promises
from funding.ledger import LedgerEntry
from funding.purposes import Ground, Purpose
from funding.travel_requests import Trip, TripStatus
from funding.trip_costs import source_of
from tests.access.lending import lend_class, person, terms
from tests.cases.build import Walk, assessing
from tests.handover.racing import HOLD, raced, waiting
from tests.handover.test_naming import PROOF, disputed, named, returned
from tests.handover.test_orders_move import handed, ordered
from tests.handover.test_what_moves import told
from tests.world import World

FEN = 120_000
REPLIES = text("select count(*) from order_entries where case_id = :case and deed = 'replied'")
LENT = text("select count(*) from case_relations where case_id = :case and relation = 'delegated' and until > since")


async def promised(walk: Walk, login: str) -> UUID:
    """A trip that lies ahead, approved and in the books of whoever holds the case."""
    subject = await walk.world.subject(login)
    async with walk.world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        day = local_date(instant(session)) + timedelta(days=20)
        trip = Trip(
            id=new_id(instant(session)), case_id=case.id, office_id=case.holder_office_id, person_id=subject.person_id,
            serves="B", purpose="实地调查", starts_on=day, ends_on=day, standard_fen=FEN,
            status=TripStatus.APPROVED.value, requested_by=subject.person_id, recorded_at=instant(session),
        )  # fmt: skip
        session.add(trip)
        await session.flush()
        await promises.make(
            session, subject, case=case, tenant_id=await books.of_holder(session, case), purpose=Purpose.TRAVEL,
            ground=Ground.TRIP, source=source_of(trip), fen=FEN,
        )  # fmt: skip
        await session.commit()
    return trip.id


async def offered(walk: Walk, sender: str, taker: str, reason: str) -> None:
    await walk.do(sender, "offer-handover", to_office_id=await walk.world.office(taker), reason=reason)


async def books_of(world: World, trip: UUID) -> int:
    """The tenant that promises it now."""
    async with world.owner() as session:
        found = await promises.standing(session, f"travel_requests:{trip}")
        assert found is not None and found.debit_fen == FEN
        return found.tenant_id


@pytest.mark.failure(6)
async def test_money_that_changes_places_waits_for_both_books_in_one_order(own_world: World) -> None:
    """Each had left one tenant's books and waited to enter the other's: a deadlock."""
    up, down = await assessing(own_world, persons=1), await assessing(own_world, persons=1)
    await handed(up, "xgll.director", "deqin.director", "near")
    await handed(down, "xgll.director", "diqing.director", "major")
    trips = await promised(up, "deqin.director"), await promised(down, "diqing.director")
    own_world.clock.advance(seconds=1)
    await offered(up, "deqin.director", "diqing.director", "major")
    await offered(down, "diqing.director", "deqin.director", "near")
    county = (await own_world.subject("deqin.director")).tenant_id
    prefecture = (await own_world.subject("diqing.director")).tenant_id
    assert county and prefecture
    both = text(f"select pg_advisory_xact_lock(5305, id) from tenants where id in (:case, {prefecture})")
    outcomes = await raced(
        own_world,
        county,
        [
            lambda: up.do("diqing.director", "accept-handover", no_conflict=True),
            lambda: down.do("deqin.director", "accept-handover", no_conflict=True),
        ],
        hold=both,
    )
    assert not [one for one in outcomes if isinstance(one, BaseException)]
    assert [await books_of(own_world, trip) for trip in trips] == [prefecture, county]
    async with own_world.owner() as session:
        entries = (await session.scalars(select(LedgerEntry))).all()
        assert sum(one.debit_fen - one.credit_fen for one in entries) == 0


@pytest.mark.failure(3)
async def test_two_namings_of_one_case_meet_at_the_case_before_the_dispute(own_world: World) -> None:
    """Who names the other wrote to the dispute first, who names the holder to the case: each waited for the other."""
    walk = await disputed(own_world)
    dispute = text("select from holder_disputes where case_id = :case for update")
    acts = [partial(named, walk, login) for login in ("deqin.director", "xgll.director")]
    first, second = await raced(own_world, walk.case_id, acts, hold=dispute)
    assert first is None and isinstance(second, VersionStale)
    held = (await own_world.case(walk.case_id)).holder_office_id
    assert held == await own_world.office("deqin.director")


@pytest.mark.failure(3)
async def test_a_reply_to_an_order_waits_at_the_case_for_who_is_taking_it(own_world: World) -> None:
    """Who replied held the order and waited for the case, who took the case held it and waited for the order."""
    walk, order = await ordered(own_world)
    await offered(walk, "xgll.director", "diqing.director", "major")
    acts = [
        lambda: walk.do("xgll.director", "reply-order", order_id=order, reply="已约双方见面", proof="约见通知"),
        lambda: walk.do("diqing.director", "accept-handover", no_conflict=True),
    ]
    the_order = text("select from supervision_orders where id = :case for update")
    outcomes = await raced(own_world, UUID(order), acts, hold=the_order)
    assert outcomes == [None, None]


async def test_who_replies_behind_the_end_of_the_own_custody_is_told_so(own_world: World) -> None:
    """The right is asked again after the wait, not only the row read again."""
    walk, order = await ordered(own_world)
    await offered(walk, "xgll.director", "diqing.director", "major")
    acts = [
        lambda: walk.do("diqing.director", "accept-handover", no_conflict=True),
        lambda: walk.do("xgll.director", "reply-order", order_id=order, reply="已约双方见面", proof="约见通知"),
    ]
    first, second = await raced(own_world, walk.case_id, acts)
    assert first is None and isinstance(second, NotFound | Forbidden)
    assert await told(walk, REPLIES) == [(0,)]


@pytest.mark.failure(3)
@pytest.mark.parametrize("naming_first", [True, False])
async def test_a_naming_of_what_nobody_claimed_yet_meets_a_claim_at_the_case(
    own_world: World, *, naming_first: bool
) -> None:
    """The naming began a dispute before it held the case, the claim the other way round."""
    walk = await returned(own_world)
    naming, claim = (
        partial(named, walk, "deqin.director"),
        partial(walk.do, "xgll.director", "claim-dispute", proof=PROOF),
    )
    acts = [naming, claim] if naming_first else [claim, naming]
    outcomes = await raced(own_world, walk.case_id, acts)
    refused = [one for one in outcomes if one is not None]
    assert all(isinstance(one, DomainError) for one in refused) and len(refused) == naming_first
    assert (await own_world.case(walk.case_id)).holder_office_id == await own_world.office("deqin.director")


async def test_who_lends_a_class_waits_for_who_is_changing_a_case_of_it(own_world: World) -> None:
    """Lending held the office and waited for the case, whose change wanted the office."""
    walk = await assessing(own_world, persons=1)
    before = (await own_world.case(walk.case_id)).dispute_type
    lender = {**terms(own_world), "to_person_id": await person(own_world, "xgll.lawyer"), "dispute_type": before}
    async with own_world.owner() as changing:
        await changing.execute(HOLD, {"case": walk.case_id})
        lending = await waiting(changing, partial(lend_class, own_world, "xgll.director", **lender), 0)
        await changing.execute(
            text("update cases set dispute_type = :other where id = :case"),
            {"case": walk.case_id, "other": before % 8 + 1},
        )
        await changing.commit()
    row = await lending
    assert row.id and await told(walk, LENT) == [(0,)], "it is of another class by now"
