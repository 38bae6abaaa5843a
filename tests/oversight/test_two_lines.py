"""Two lines in one workroom (obligation 31; rules.md, last table): each cell by the gate, by page and by API."""

from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct

from foundation.errors import DomainError, Forbidden
from funding.separation import DutiesNotSeparate, keep_director_apart
from oversight.notes import notes_for
from oversight.referred import ORGAN_DAYS, referred_items
from oversight.separate import SelfSupervision
from policies import gate
from tests.cases.build import Walk, accepted
from tests.door import Door
from tests.oversight.reach import actions, referred
from tests.people import CLAIMS, registration
from tests.world import World

ORDER = {"ground": "major", "requirements": "一个月内化解", "deadline": "2026-04-10", "contact": "综合科"}
NOTE = {"text": "请邀请行业专家参加"}
EDIT = {"text": "改一下"}
URGING = {"unit": "云岭路桥建设有限公司", "ground": "shuffling", "text": "请尽快答复"}
FACTS = {"statement": "case:read.statement", "opinion": "case:read.opinion", "money": "case:read.money"}


class Line(Struct, frozen=True):
    """One column of the table: who stands there, what it sees, directs, and never does."""

    login: str
    sees: frozenset[str]
    never_sees: frozenset[str]
    directs: tuple[tuple[str, dict[str, Any]], ...]
    never_does: tuple[tuple[str, dict[str, Any]], ...]
    may: frozenset[str] = frozenset()
    may_not: frozenset[str] = frozenset()


BUSINESS = Line(
    login="xgll.lgo",
    sees=frozenset({"case:status", "case:read.timeline", *FACTS.values()}),
    never_sees=frozenset({"case:read.identity", "case:read.contact", "case:read.notes"}),
    directs=(("guide-case", NOTE), ("supervise-case", NOTE), ("issue-order", ORDER)),
    never_does=(("write-note", EDIT), ("urge-unit", URGING), ("propose-entrustment", {"scope": "两项"})),
    may=frozenset({"quality:inspect"}),
    may_not=frozenset({"duty:roster", "attendance:read", "equipment:manage"}),
)
DAILY = Line(
    login="xgll.daily",
    sees=frozenset({"case:status"}),
    never_sees=frozenset({"case:read", "case:read.identity", "case:read.notes", "case:read.final", *FACTS.values()}),
    directs=(),
    never_does=(
        ("guide-case", NOTE),
        ("issue-order", ORDER),
        ("urge-unit", URGING),
        ("write-note", EDIT),
    ),
    may=frozenset({"duty:roster", "equipment:manage", "queue:read", "attendance:read"}),
    may_not=frozenset({"case:guide", "order:issue", "unit:urge", "quality:inspect"}),
)
REFERRER = Line(
    login="xgll.referrer",
    sees=frozenset({"case:status", "result:read"}),
    never_sees=frozenset({"case:read", "case:read.identity", "case:read.notes", *FACTS.values()}),
    directs=(),
    never_does=(("guide-case", NOTE), ("issue-order", ORDER), ("write-note", EDIT)),
    may=frozenset({"referral:send"}),
    may_not=frozenset({"duty:roster", "subsidy:review"}),
)
INSPECTOR = Line(
    login="xgll.inspector",
    sees=frozenset({"case:status"}),
    never_sees=frozenset({"case:read", "case:read.identity", "case:read.notes", *FACTS.values()}),
    directs=(("urge-unit", URGING),),
    never_does=(("guide-case", NOTE), ("issue-order", ORDER)),
    may=frozenset({"unit:urge"}),
    may_not=frozenset({"case:guide", "duty:roster"}),
)
SIGNATORY = Line(
    login="xgll.signatory",
    sees=frozenset({"case:status"}),
    never_sees=frozenset({"case:read", "case:read.identity", "case:read.notes", *FACTS.values()}),
    directs=(),
    never_does=(("guide-case", NOTE), ("issue-order", ORDER), ("urge-unit", URGING)),
    may=frozenset({"entrust:sign"}),
    may_not=frozenset({"case:guide", "duty:roster"}),
)
LINES = [BUSINESS, DAILY, REFERRER, INSPECTOR, SIGNATORY]
TEXTS = ("公路施工爆破后", "墙体开裂，要求修复", "鲁茸", "和春生")
PARTS = ("parties", "claims", "consents", "notes", "papers", "evidence", "money", "plans", "oversight-notes")


async def in_both_lines(world: World) -> Walk:
    """Held by the county's workroom, sent there by its petition office, which is to entrust too."""
    case = (await referred(world, claims=list(CLAIMS[:1]))).case
    walk = Walk(world, case.id, ())
    await walk.do("xgll.director", "approve-registration", answer="approve")
    (claim,) = await walk.claims()
    await walk.do("xgll.director", "assess-claim", claim_id=str(claim.id), decision="suitable", land_matter="damage")
    people = [str(party.id) for party in await walk.petitioners()]
    for kind in ("mediation", "disclosure"):
        await walk.do("xgll.director", "record-consent", party_ids=people, kind=kind, given=True)
    company = str((await walk.company()).id)
    await walk.do("xgll.director", "record-consent", party_ids=[company], kind="mediation", given=True)
    await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")
    await walk.do("xgll.director", "propose-entrustment", unit_clear=False, scope="墙体开裂一项")
    return walk


@pytest.mark.obligation("30", "31")
@pytest.mark.parametrize("line", LINES, ids=[line.login for line in LINES])
async def test_each_line_sees_its_own_and_never_the_others(world: World, line: Line) -> None:
    walk = await in_both_lines(world)
    seen = await actions(world, line.login, walk.case_id)
    assert line.sees <= seen
    assert not line.never_sees & seen


@pytest.mark.obligation("30", "31")
@pytest.mark.parametrize("line", LINES, ids=[line.login for line in LINES])
async def test_each_line_directs_its_own_and_never_the_others(world: World, line: Line) -> None:
    walk = await in_both_lines(world)
    before = await world.case(walk.case_id)
    for act, form in line.never_does:
        with pytest.raises(DomainError) as refused:
            await walk.do(line.login, act, **form)
        assert refused.value.status in (403, 404), act
    for act, form in line.directs:
        await walk.do(line.login, act, **form)
    subject = await world.subject(line.login)
    given = {
        action for role, tier, _, action in gate.opened().table.cells if (role, tier) == (subject.role, subject.tier)
    }
    assert line.may <= given
    assert not line.may_not & given
    after = await world.case(walk.case_id)
    assert (after.version, after.state, after.due_at) == (before.version, before.state, before.due_at)


@pytest.mark.parametrize("line", LINES, ids=[line.login for line in LINES])
async def test_page_and_api_show_each_line_what_the_table_says(door: Door, world: World, line: Line) -> None:
    walk = await in_both_lines(world)
    reads = "case:read.statement" in line.sees
    async with await door.browser(line.login) as browser, await door.program(line.login) as program:
        page = await browser.get(f"/cases/{walk.case_id}")
        assert page.status_code == 200
        assert any(text in page.text for text in TEXTS) is reads
        shown = await program.get(f"/api/v1/cases/{walk.case_id}")
        assert (shown.json()["details"] is not None) is ("case:read" in await actions(world, line.login, walk.case_id))
        for part in PARTS:
            answer = await program.get(f"/api/v1/cases/{walk.case_id}/{part}")
            assert answer.status_code in (200, 403)
            assert reads or not any(text in answer.text for text in TEXTS), part
        offered = {act["name"] for act in shown.json()["available_actions"]}
        assert {act for act, _ in line.directs} <= offered
        assert not {act for act, _ in line.never_does} & offered
        for act, form in line.never_does:
            refused = await program.post(f"/api/v1/cases/{walk.case_id}/acts/{act}", json=form)
            assert refused.status_code in (403, 404), act
            assert (await browser.get(f"/cases/{walk.case_id}/acts/{act}")).status_code in (403, 404), act


async def test_a_referral_shows_its_status_and_comes_back_with_the_days_left(world: World) -> None:
    walk = await in_both_lines(world)
    assert await item(world, walk) == ("accepted", None, None)
    async with world.owner() as session:
        case = await session.get_one(type(await world.case(walk.case_id)), walk.case_id)
        case.state, case.step, case.outcome, case.guided_at = "guided", 6, "failed", world.clock.now()
    world.clock.advance(days=10)
    assert await item(world, walk) == ("guided", "failed", ORGAN_DAYS - 10)


async def test_a_claim_that_is_refused_and_split_off_comes_back_too(world: World) -> None:
    case = (await referred(world, claims=list(CLAIMS[:2]))).case
    walk = Walk(world, case.id, ())
    await walk.do("xgll.director", "approve-registration", answer="approve")
    suitable, refused = await walk.claims()
    await walk.do("xgll.director", "assess-claim", claim_id=str(suitable.id), decision="suitable", land_matter="damage")
    legal = {"ground": "administrative", "legal_basis": "行政复议法第11条", "way": "reconsideration", "organ": "州政府"}
    legal |= {"land_matter": "expropriation_decision", "last_day": "2026-04-20"}
    await walk.do("xgll.director", "assess-claim", claim_id=str(refused.id), decision="refused", **legal)
    people = [str((await walk.petitioners())[0].id)]
    await walk.do(
        "xgll.director", "split-claim", claim_id=str(refused.id), party_ids=people, organ="州政府", advice="可复议"
    )
    sibling = (await walk.claims())[1].split_case_id
    assert sibling is not None
    assert await item(world, Walk(world, sibling, ())) == ("refused", "refused", ORGAN_DAYS)


async def item(world: World, walk: Walk) -> tuple[str, str | None, int | None]:
    async with world.as_("xgll.referrer") as (session, subject):
        (found,) = [one for one in (await referred_items(session, subject)).referrals if one.case_id == walk.case_id]
    return found.state, found.outcome, found.days_left


async def test_only_the_office_that_sent_it_follows_it(world: World) -> None:
    plain = await accepted(world, persons=2)
    assert "case:status" not in await actions(world, "xgll.referrer", plain.case_id)
    sent = await in_both_lines(world)
    for other in ("diqing.conference", "deqin.director"):
        assert "result:read" not in await actions(world, other, sent.case_id)


async def test_a_township_s_referral_belongs_to_the_petition_office_of_its_county(world: World) -> None:
    sent = await referred(world, "jiantang.clerk")
    assert "result:read" in await actions(world, "xgll.referrer", sent.case.id)


@pytest.mark.parametrize("form", [{"referring_office_id": 1}, {"source": "application", "referring_office_id": 1}])
async def test_a_referring_office_that_is_none_is_refused_at_the_field(world: World, form: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        await referred(world, **form)
    assert [error.field for error in refused.value.fields] == ["referring_office_id"]  # type: ignore[attr-defined]  # InvalidInput


async def test_guidance_is_read_by_the_holder_and_by_who_wrote_it(world: World) -> None:
    walk = await in_both_lines(world)
    await walk.do("xgll.lgo", "guide-case", **NOTE)
    await walk.do("diqing.supervisor", "supervise-case", text="请按期办结")
    assert await told(world, "xgll.director", walk.case_id) == [NOTE["text"], "请按期办结"]
    assert await told(world, "xgll.lgo", walk.case_id) == [NOTE["text"]]
    assert await told(world, "diqing.supervisor", walk.case_id) == ["请按期办结"]
    for other in ("yunnan.supervisor", "xgll.daily", "xgll.referrer", "xgll.reviewer"):
        assert await told(world, other, walk.case_id) == []


async def told(world: World, login: str, case_id: UUID) -> list[str]:
    async with world.as_(login) as (session, subject):
        case = await gate.opened().source.load(session, case_id, lock=False)
        permissions = await gate.permissions(session, subject, case)
        return [one.text for one in await notes_for(session, subject, case_id, permissions)]


async def test_who_directs_the_workroom_does_not_oversee_it_and_the_refusal_says_who_does(world: World) -> None:
    """The county source: the office's director is the workroom's director."""
    case = (await world.register("gongshan.intake", **await placed(world))).case
    walk = Walk(world, case.id, ())
    for act, form in OVERSEEING:
        with pytest.raises(SelfSupervision) as refused:
            await walk.do("gongshan.director", act, post="lgo_director", **form)
        assert refused.value.params["falls_to"] == "州市督导员"
    await walk.do("gongshan.director", "guide-case", post="wr_director", **NOTE)


async def test_the_page_of_the_tree_says_to_whom_the_business_line_falls(door: Door, world: World) -> None:
    tenant = (await world.subject("gongshan.director", "wr_director")).tenant_id
    async with await door.browser("gongshan.director", "wr_director") as browser:
        page = await browser.get(f"/tree/{tenant}")
    assert "州市督导员" in page.text
    async with await door.browser("xgll.director") as browser:
        page = await browser.get(f"/tree/{(await world.subject('xgll.director')).tenant_id}")
    assert "州市督导员" not in page.text


LOOK = {"reason": "overdue", "items": ["procedure"], "ends_on": "2026-03-20"}
OVERSEEING = (("issue-order", ORDER), ("guide-case", NOTE), ("supervise-case", NOTE), ("open-inspection", LOOK))


async def placed(world: World) -> dict[str, Any]:
    return await registration(world, persons=2)


async def test_the_director_s_own_approval_of_money_is_refused_by_person(world: World) -> None:
    """Row 31 by the same rule (funding.separation): persons count, not posts."""
    case = (await world.register("gongshan.intake", **await placed(world))).case
    subject = await world.subject("gongshan.director", "lgo_director")
    with pytest.raises(DutiesNotSeparate):
        async with world.store.scoped(subject.scope) as session:
            await keep_director_apart(session, subject, await world.case(case.id))
    assert issubclass(DutiesNotSeparate, Forbidden)
