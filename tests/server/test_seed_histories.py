"""A told history is what the real verbs would have left, and the real verbs go on from it."""

from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import past
from cases.classes import MAJOR
from cases.editions import EDITIONS
from cases.history import Event
from cases.models import Case, CaseRelation
from cases.relations import FOREVER
from cases.steps import State
from dossiers.contents import contents
from dossiers.cover import INSIDE_LIST
from dossiers.volume import Dossier, lines_of
from foundation.audit_chain import verify
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Store
from oversight.leader_charges import LeaderCharge
from oversight.leader_work import LeaderWork
from server.catalogue import catalogue
from server.term_proof import check_terms
from teams.models import Plan, TeamMember
from tenants.models import Office, Post, Tenant
from tenants.subject import Subject
from tests.server.filling import FULL
from tests.teams.build import OPINION
from tests.world import World

NOBODY = Subject(UUID(int=0), "", "", None, None, None)
HELD = {
    State.ACCEPTED: ("claims_assessed", "both_sides_consent"),
    State.PROPOSED: ("plan_written", "team_confirmed", "conferred_if_major"),
    State.CLOSED: ("performed_and_visited", "relief_answered"),
    State.ARCHIVED: ("performed_and_visited", "relief_answered"),
}
"""Guards that still hold in a state, because it could not be reached without them."""
TOLD = Case.id.in_(select(Event.case_id))


async def histories(owner: AsyncSession) -> dict[UUID, list[Event]]:
    found: dict[UUID, list[Event]] = {}
    for event in await owner.scalars(select(Event).order_by(Event.recorded_at, Event.id)):
        found.setdefault(event.case_id, []).append(event)
    return found


async def test_each_history_is_moves_of_the_table_one_after_the_other(owner: AsyncSession) -> None:
    for history in (await histories(owner)).values():
        assert history[0].act == "register"
        for before, event in pairwise(history):
            move = EDITIONS[-1].moves[event.act]
            assert before.state in move.when, (event.act, before.state)
            assert event.state == before.state or event.state in move.to, (event.act, event.state)


async def test_the_last_event_says_where_the_case_is_and_each_act_made_a_version(owner: AsyncSession) -> None:
    told, acts = await histories(owner), catalogue().acts
    for case in await owner.scalars(select(Case).where(TOLD)):
        events = [event for event in told[case.id] if event.act == "register" or acts[event.act].writes]
        taken_over = sum(event.act == "accept-handover" for event in events)
        assert case.version == len(events) + taken_over
        assert (events[-1].state, events[-1].recorded_at) == (case.state, case.changed_at)


async def test_the_past_of_a_case_is_told_from_what_its_rows_held(owner: AsyncSession) -> None:
    told, ended = await histories(owner), 0
    for case in await owner.scalars(select(Case).where(TOLD)):
        for event in told[case.id]:
            changes = await past.earlier(owner, case.id, event.recorded_at)
            [then] = past.at([case], changes, event.recorded_at, born="filed_at")
            assert then.state == event.state, (event.act, case.id)
        changes = await past.earlier(owner, case.id, case.filed_at)
        [then] = past.at([case], changes, case.filed_at, born="filed_at")
        assert (then.case_no, then.dossier_no, then.outcome, then.handler_id, then.accepted_at) == (None,) * 5
        ended += case.dossier_no is not None
    assert ended


async def test_the_guards_that_led_to_a_state_hold_in_it(owner: AsyncSession) -> None:
    guards = catalogue().guards
    asked = 0
    for state, names in HELD.items():
        cases = select(Case).where(TOLD, Case.state == state, Case.accepted_at.is_not(None))
        for case in await owner.scalars(cases):
            for name in names:
                assert await guards[name](owner, NOBODY, case) is None, (name, case.registration_no)
                asked += 1
    assert asked > FULL / 2


async def test_the_dossier_lists_all_that_the_case_holds(owner: AsyncSession) -> None:
    bound = list(await owner.scalars(select(Dossier)))
    assert bound
    for dossier in bound:
        case = await owner.get_one(Case, dossier.case_id)
        listed = [(line.item, line.sha256) for line in await lines_of(owner, dossier.id)]
        held = [(entry.item, entry.sha256) for entry in await contents(owner, case) if entry.title != INSIDE_LIST.title]
        assert listed == held


async def test_each_accepted_member_has_sight_by_the_relation_of_its_row(owner: AsyncSession) -> None:
    members = list(await owner.scalars(select(TeamMember).where(TeamMember.status == "accepted")))
    relations = select(CaseRelation.source, CaseRelation.person_id).where(CaseRelation.until == FOREVER)
    seen = {(source, person) for source, person in await owner.execute(relations)}
    assert members
    for member in members:
        assert (f"team_members:{member.id}", member.person_id) in seen


async def test_leaders_are_in_charge_of_cases_and_have_gone_to_see_what_is_disputed(owner: AsyncSession) -> None:
    charges = list(await owner.scalars(select(LeaderCharge)))
    visited = set(await owner.scalars(select(LeaderWork.charge_id).where(LeaderWork.kind == "visit")))
    leads = {
        row.source: row for row in await owner.scalars(select(CaseRelation).where(CaseRelation.relation == "leads"))
    }
    assert visited and {one.source for one in charges} == set(leads)
    for one in charges:
        row = leads[one.source]
        assert (row.person_id, row.since) == (one.person_id, one.since)
        assert row.until == min(one.until, one.ended_at or one.until)


async def test_the_audit_chains_hold(seeded: Endpoints, clock: FrozenClock) -> None:
    store = Store(seeded.auditor, clock, pool_size=1)
    async with store.anonymous() as session:
        verdict = await verify(session)
    await store.close()
    assert verdict.breaks == []
    assert verdict.links > FULL * 5


async def test_open_cases_go_on_by_the_real_acts_of_their_people(seeded_world: World) -> None:
    async with seeded_world.owner() as session:
        planned = select(Case).join(Plan, Plan.case_id == Case.id).where(Case.state == State.ENTRUSTED)
        cases = list(await session.scalars(planned.where(Case.case_class.not_in(MAJOR)).limit(3)))
        handlers = [await acting(session, case.handler_id) for case in cases]
    assert cases
    for case, handler in zip(cases, handlers, strict=True):
        after = await seeded_world.do_as(handler, case.id, "issue-opinion", **OPINION)
        assert (after.state, after.version) == (State.PROPOSED, case.version + 1)


async def acting(session: AsyncSession, person_id: UUID | None) -> Subject:
    """The person in the own post, without any account."""
    query = select(Post, Office, Tenant.tier).join(Office, Office.id == Post.office_id)
    query = query.join(Tenant, Tenant.id == Office.tenant_id).where(Post.person_id == person_id)
    post, office, tier = (await session.execute(query.limit(1))).one()
    return Subject(post.person_id, post.role, tier, office.tenant_id, office.id, office.kind, post.id)


async def test_an_offered_case_waits_in_the_inbox_of_the_workroom(owner: AsyncSession) -> None:
    offered = list(await owner.scalars(select(Case).where(Case.offer_id.is_not(None))))
    relations = select(CaseRelation.case_id).where(CaseRelation.relation == "offered", CaseRelation.until == FOREVER)
    assert {case.id for case in offered} == set(await owner.scalars(relations))


async def test_every_term_is_told_again_by_the_real_calendar(owner: AsyncSession) -> None:
    """Copies stand only in weeks in which no holiday moves a term."""
    found = await check_terms(owner, ended=True)
    assert found.wrong == [] and found.cases > found.untold
