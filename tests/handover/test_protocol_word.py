"""Parties are told where their case goes, and sideways and 跨部门 nothing moves before they accept it (调解法23(1))."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cases.acts import available
from cases.models import Case
from cases.notices import TRANSFER_NOTICE
from cases.papers import Paper
from cases.parties import Party
from foundation.errors import InvalidInput
from handover.parties_word import PartiesMustAccept, PartyRefuses
from handover.reading import preview
from tenants.subject import Subject
from tests.cases.build import Walk, assessing
from tests.door import Door
from tests.handover.test_naming import PROOF, named
from tests.teams import build
from tests.teams.build import papers, table
from tests.world import World

SENDER, RECEIVER = "xgll.director", "deqin.director"


async def offered(world: World, receiver: str = RECEIVER) -> Walk:
    walk = await build.confirmed(world)
    reason = "near" if receiver == RECEIVER else "major"
    await walk.do(SENDER, "offer-handover", to_office_id=await world.office(receiver), reason=reason, purpose="mediate")
    return walk


async def answer(walk: Walk, parties: list[str], *, accepted: bool, receiver: str = RECEIVER) -> None:
    office = await walk.world.office(receiver)
    await walk.do(SENDER, "answer-transfer", office_id=office, party_ids=parties, accepted=accepted)


async def word(walk: Walk) -> str | None:
    async with walk.world.as_(RECEIVER) as (session, subject):
        return (await preview(session, subject, walk.case_id)).word


async def refusal(walk: Walk) -> str | None:
    """What the receiver is told beside the act, before it fills in anything."""
    async with walk.world.as_(RECEIVER) as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        found = {one.act.name: one.refusal for one in await available(session, subject, walk.world.catalogue, case)}
    shown = found["accept-handover"]
    return shown.code if shown else None


async def take(walk: Walk) -> None:
    await walk.do(RECEIVER, "accept-handover", no_conflict=True)


async def test_both_sides_accept_before_the_case_goes_sideways(world: World) -> None:
    walk = await offered(world)
    *people, company = await table(walk)
    assert await word(walk) == "open" and await refusal(walk) == "parties_must_accept"
    await answer(walk, people, accepted=True)
    with pytest.raises(PartiesMustAccept):
        await take(walk)
    await answer(walk, [company], accepted=True)
    assert await word(walk) == "accepted"
    await take(walk)
    assert (await world.case(walk.case_id)).holder_office_id == await world.office(RECEIVER)


async def test_a_yes_to_one_committee_is_no_yes_to_another(world: World) -> None:
    walk = await build.confirmed(world)
    await answer(walk, await table(walk), accepted=True, receiver="weixi.director")
    await walk.do(SENDER, "offer-handover", to_office_id=await world.office(RECEIVER), reason="near")
    with pytest.raises(PartiesMustAccept):
        await take(walk)
    with pytest.raises(InvalidInput) as refused:
        await answer(walk, await table(walk), accepted=True, receiver="weixi.director")
    assert [error.field for error in refused.value.fields] == ["office_id"]


async def test_a_no_in_a_strangers_name_is_named_at_its_field(world: World) -> None:
    walk, deqin = await offered(world), await world.office(RECEIVER)
    form = {"office_id": deqin, "party_ids": (await table(walk))[:1], "accepted": False, "mandate_id": str(UUID(int=7))}
    with pytest.raises(InvalidInput) as refused:
        await walk.do(SENDER, "answer-transfer", **form)
    assert [(error.field, error.rule) for error in refused.value.fields] == [("mandate_id", "not_a_mandate")]


async def test_upwards_the_law_asks_nobody(world: World) -> None:
    walk = await offered(world, "diqing.director")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    assert (await world.case(walk.case_id)).holder_office_id == await world.office("diqing.director")


async def test_after_a_no_the_sender_keeps_the_case_and_goes_on(world: World) -> None:
    walk = await offered(world)
    await answer(walk, (await table(walk))[:1], accepted=False)
    assert await word(walk) == "refused" and await refusal(walk) == "party_refuses"
    with pytest.raises(PartyRefuses):
        await take(walk)
    await walk.do(SENDER, "withdraw-handover")
    await walk.do("xgll.handler", "write-plan", dispute="墙体开裂的原因", measures="实地查看，分户协商")
    assert (await world.case(walk.case_id)).state == "entrusted"


async def test_or_ends_the_mediation_with_the_last_days_of_the_remedies_to_both_sides(world: World) -> None:
    walk = await offered(world)
    ground = {"ground": "receiver_not_accepted"}
    channel = {"way": "civil_suit", "organ": "香格里拉市人民法院", "last_day": "2029-02-10"}
    await walk.do(SENDER, "withdraw-handover")
    with pytest.raises(InvalidInput) as refused:
        await walk.do("xgll.handler", "terminate", **ground, channels=[channel])
    assert [(error.field, error.rule) for error in refused.value.fields] == [("ground", "not_on_record")]
    await answer(walk, (await table(walk))[:1], accepted=False)
    parties = await table(walk)
    await walk.do("xgll.handler", "terminate", **ground, channels=[channel])
    notices = [one for one in await papers(walk, "remedy_notice") if one.party_id is not None]
    assert {str(one.party_id) for one in notices} >= set(parties)
    assert {one.content["channels"][0]["last_day"] for one in notices if str(one.party_id) in parties} == {"2029-02-10"}
    assert all("不接受移交后的调解组织" in one.content["reason"] for one in notices if str(one.party_id) in parties)


async def test_the_notice_names_who_where_why_and_which_data_at_the_offer_and_at_acceptance(world: World) -> None:
    walk = await offered(world)
    (first,) = await papers(walk, TRANSFER_NOTICE.code)
    await answer(walk, await table(walk), accepted=True)
    await take(walk)
    second = (await papers(walk, TRANSFER_NOTICE.code))[-1]
    for notice in (first.content, second.content):
        assert notice["receiver"].startswith("德钦县") and "000-" in notice["receiver_contact"]
        assert notice["transfer_purpose"] == "组织调解至有结果"
        assert notice["data_kinds"] and notice["handling"] and notice["free_helpers"]
    assert "第23条" in first.content["your_word"] and "your_word" not in second.content
    for notice in (first.content, second.content):
        assert notice["sender"].startswith("香格里拉市") and "查阅" in notice["data_rights"]
    assert second.content["reason"] == first.content["reason"], "why it goes, not merely that it was taken"
    assert second.content["transfer_outcome"] == "已接收，今后由其办理"


async def test_each_side_reads_it_once_it_is_at_the_table(door: Door) -> None:
    walk = await assessing(door.world, persons=1)
    company = await walk.company()
    await walk.do(SENDER, "offer-handover", to_office_id=await door.world.office("diqing.director"), reason="major")
    number = (await door.world.case(walk.case_id)).registration_no
    async with door.client() as client:
        form = {"registration_no": number, "code": walk.receipts[0].code}
        seen = (await client.post("/api/v1/petitioner/status", json=form)).json()
    assert seen["transfer"]["receiver"]
    notice = next(paper["content"] for paper in seen["papers"] if paper["kind"] == "transfer_notice")
    assert "000-" in notice["receiver_contact"]
    assert await papers_shown(walk, company) == 0, "who never agreed to mediate has never heard of the case (N3)"
    await walk.do(SENDER, "withdraw-handover")
    (petitioner,) = await walk.petitioners()
    for party, kind in ((petitioner, "mediation"), (petitioner, "disclosure"), (company, "mediation")):
        await walk.do(SENDER, "record-consent", party_ids=[str(party.id)], kind=kind, given=True)
    await walk.do(SENDER, "offer-handover", to_office_id=await door.world.office("diqing.director"), reason="major")
    assert await papers_shown(walk, company) > 0


async def test_whom_a_superior_named_the_parties_may_refuse_and_a_no_to_anybody_else_ends_nothing(door: Door) -> None:
    """人民调解法 23(1): naming moves the case at once, the word is asked afterwards; a no lets the holder end it."""
    world = door.world
    walk = await offered(world)
    parties = await table(walk)
    await walk.do(RECEIVER, "return-handover", reason="not_ours", proof="德钦县工作室函〔2026〕2号")
    await answer(walk, parties[:1], accepted=False, receiver="weixi.director")
    with pytest.raises(InvalidInput) as refused:
        await walk.do(SENDER, "terminate", **REFUSED)
    assert [(error.field, error.rule) for error in refused.value.fields] == [("ground", "not_on_record")]
    await walk.do(SENDER, "claim-dispute", proof=PROOF)
    await named(walk, RECEIVER)
    notice = (await papers(walk, TRANSFER_NOTICE.code))[-1].content
    assert "第23条" in notice["your_word"]
    key = {"registration_no": (await world.case(walk.case_id)).registration_no, "code": walk.receipts[0].code}
    async with door.client() as client:
        own = {**key, "form": {"office_id": await world.office(RECEIVER), "accepted": False}}
        said = await client.post(OWN_WORD, json=own)
        assert said.status_code == 200, said.text
        world.clock.advance(days=16)
        late = await client.post(OWN_WORD, json=own)
        assert late.json()["code"] == "transfer_not_asked"
    await walk.do(RECEIVER, "terminate", **REFUSED)


OWN_WORD = "/api/v1/petitioner/acts/answer-own-transfer"
REFUSED: dict[str, Any] = {
    "ground": "receiver_not_accepted",
    "channels": [{"way": "civil_suit", "organ": "德钦县人民法院", "last_day": "2029-02-10"}],
}


async def papers_shown(walk: Walk, party: Party) -> int:
    """Notices of a transfer that the other side's own scope shows it."""
    scope = Subject(person_id=party.id, role="unit_agent", tier="-", tenant_id=None, office_id=None, office_kind=None)
    query = select(Paper).where(Paper.case_id == walk.case_id, Paper.kind == TRANSFER_NOTICE.code)
    async with walk.world.store.scoped(scope.scope) as session:
        return len(list(await session.scalars(query)))
