"""A party asks that somebody leave: the person stands aside, another decides within three days, the party is told."""

import pytest

from access.recusal import StandsAside
from access.recusal_ask import AlreadyAsked, AlreadyDecided
from access.recusal_decide import DeciderOnTeam, LeaderDecides, OwnRecusal
from cases.petitioner import petitioner
from cases.reading import papers_of
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from policies import gate
from policies.actions import Action
from tests.access.recusals import FACT, actions, ask, decide, declare, events, recusals, removed
from tests.cases.build import Walk, registered
from tests.teams.build import broken, confirmed, members, papers, timer
from tests.world import World

PLAN = {"dispute": "墙体开裂的原因", "measures": "实地查看，鉴定"}


async def test_a_petitioner_names_a_member_on_the_own_page_and_a_term_of_three_days_begins(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.handler")
    (recusal,) = await recusals(walk)
    assert (recusal.manner, recusal.state, recusal.suspends) == ("page", "open", True)
    assert recusal.party_id == (await walk.petitioners())[0].id
    term = await timer(walk, "recusal")
    assert ((term.due_at - term.started_at).days, term.done_at) == (3, None)
    assert (await world.case(walk.case_id)).due_at == term.due_at
    (event,) = await events(walk, "ask-recusal")
    assert event.audience == "internal"
    assert set(event.data) == {"ground", "manner", "clocks"}


async def test_until_it_is_decided_the_member_reads_and_changes_nothing(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.handler")
    with pytest.raises(StandsAside):
        await walk.do("xgll.handler", "write-plan", **PLAN)
    assert "case:read" in await actions(world, "xgll.handler", walk)
    await walk.do("xgll.handler", "write-note", text="已告知等候决定")


async def test_a_refusal_gives_the_work_back_and_its_reason_to_the_petitioner(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.handler")
    await decide(walk, "xgll.director", "refused")
    (recusal,) = await recusals(walk)
    assert (recusal.state, recusal.reason) == ("refused", "已核对亲属关系证明")
    (paper,) = await papers(walk, "recusal_decision")
    asker, other = (await walk.petitioners())[:2]
    assert paper.party_id == asker.id
    assert paper.content["reason"] == "已核对亲属关系证明"
    shown = {}
    for party in (asker, other):
        subject = petitioner(party.id)
        async with world.store.scoped(subject.scope) as session:
            case = await gate.fetch(session, subject, Action.CASE_STATUS, walk.case_id)
            own = await papers_of(session, walk.case_id, await gate.permissions(session, subject, case))
        shown[party.ordinal] = paper.id in {one.id for one in own}
    assert shown == {1: True, 2: False}
    assert (await timer(walk, "recusal")).done_at is not None
    await walk.do("xgll.handler", "write-plan", **PLAN)


async def test_a_grant_removes_the_member_at_once(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.handler")
    await decide(walk, "xgll.director", "granted")
    assert await removed(walk) == [("excluded", None, (await world.subject("xgll.handler")).person_id)]
    assert await actions(world, "xgll.handler", walk) == frozenset()
    assert "handler" not in await members(walk)


async def test_the_person_concerned_does_not_decide(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.director")
    with pytest.raises(OwnRecusal):
        await decide(walk, "xgll.director", "refused")
    await decide(walk, "xgll.deputy", "refused", post="wr_deputy")


async def test_nor_does_a_member_of_the_team(world: World) -> None:
    walk = await confirmed(world, team={"xgll.deputy": "handler", "xgll.mediator": "mediator"})
    await ask(walk, "xgll.mediator")
    with pytest.raises(DeciderOnTeam):
        await decide(walk, "xgll.deputy", "refused", post="wr_deputy")


async def test_others_decide_only_where_nobody_who_leads_may(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.director")
    with pytest.raises(LeaderDecides):
        await decide(walk, "xgll.lgo", "granted")
    await declare(walk, "xgll.deputy", post="wr_deputy")
    await decide(walk, "xgll.lgo", "refused")
    assert (await recusals(walk))[0].state == "refused"


async def test_when_the_only_leader_is_told_to_leave_the_case_goes_up(world: World) -> None:
    walk = await confirmed(world)
    await declare(walk, "xgll.deputy", post="wr_deputy")
    await ask(walk, "xgll.director")
    await decide(walk, "xgll.chair", "granted")
    assert await actions(world, "xgll.director", walk) == frozenset()
    await walk.do("diqing.director", "accept-handover", no_conflict=True)


async def test_at_a_township_the_committees_chair_decides_about_the_head(own_world: World) -> None:
    walk = await registered(own_world, persons=1)
    await ask(walk, "jiantang.head")
    with pytest.raises(OwnRecusal):
        await decide(walk, "jiantang.head", "refused")
    await decide(walk, "jiantang.chair", "granted")
    assert await actions(own_world, "jiantang.head", walk) == frozenset()


async def test_one_request_about_a_person_at_a_time_whoever_asks(world: World) -> None:
    walk = await confirmed(world, persons=3)
    await ask(walk, "xgll.handler")
    for ordinal in (1, 2):
        with pytest.raises(AlreadyAsked):
            await ask(walk, "xgll.handler", ordinal=ordinal)
    await ask(walk, "xgll.mediator")
    assert len(await recusals(walk)) == 2


async def test_after_a_refusal_the_same_party_asks_no_more_and_another_party_stops_nobodys_work(world: World) -> None:
    walk = await confirmed(world, persons=3)
    await ask(walk, "xgll.handler")
    await decide(walk, "xgll.director", "refused")
    with pytest.raises(AlreadyDecided):
        await ask(walk, "xgll.handler")
    await ask(walk, "xgll.handler", ordinal=2)
    await walk.do("xgll.handler", "write-plan", **PLAN)


async def test_who_takes_no_part_can_not_be_asked_to_leave(world: World) -> None:
    walk = await confirmed(world)
    for stranger in ("xgll.notary_b", "deqin.director"):
        with pytest.raises(InvalidInput) as refused:
            await ask(walk, stranger)
        assert broken(refused) == {("person_id", "not_a_choice")}
    assert await recusals(walk) == []


async def test_a_request_without_a_word_is_refused_at_the_field(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(InvalidInput) as refused:
        await ask(walk, "xgll.handler", fact="")
    assert {one.field for one in refused.value.fields} == {"fact"}


async def test_the_workroom_records_what_a_party_asks_by_word(world: World) -> None:
    walk = await confirmed(world)
    party = (await walk.company()).id
    about = str((await world.subject("xgll.mediator")).person_id)
    await walk.do("xgll.handler", "record-recusal", person_id=about, party_id=str(party), **FACT)
    (recusal,) = await recusals(walk)
    assert (recusal.manner, recusal.party_id) == ("oral", party)


async def test_a_decision_without_a_request_or_about_another_case_is_refused(world: World) -> None:
    first, second = await confirmed(world), await confirmed(world)
    await ask(first, "xgll.handler")
    with pytest.raises(DomainError):
        await walk_decides(second, str((await recusals(first))[0].id))
    await ask(second, "xgll.mediator")
    with pytest.raises(InvalidInput):
        await walk_decides(second, str((await recusals(first))[0].id))
    assert (await recusals(first))[0].state == "open"


async def walk_decides(walk: Walk, recusal_id: str) -> None:
    await walk.do("xgll.director", "decide-recusal", recusal_id=recusal_id, verdict="granted", reason="理由")


async def test_neither_handler_nor_stranger_decides(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.mediator")
    with pytest.raises(Forbidden):
        await decide(walk, "xgll.handler", "refused")
    with pytest.raises(NotFound):
        await decide(walk, "deqin.director", "refused")


async def test_a_request_ends_when_the_person_leaves_or_the_case_goes_elsewhere(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.handler")
    await declare(walk, "xgll.handler")
    assert [one.state for one in await recusals(walk)] == ["lapsed", "declared"]
    await ask(walk, "xgll.mediator")
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    assert [one.state for one in await recusals(walk)] == ["lapsed", "declared", "lapsed"]
    assert (await timer(walk, "recusal")).done_at is not None


async def test_two_decisions_at_once_have_one_outcome(world: World) -> None:
    walk = await confirmed(world)
    await ask(walk, "xgll.handler")
    await decide(walk, "xgll.director", "refused")
    with pytest.raises(DomainError):
        await decide(walk, "xgll.deputy", "granted", post="wr_deputy")
    assert await removed(walk) == []
