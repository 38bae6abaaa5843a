"""What an offer says: to whom by name, what for, by when, and what has been spent; and what is wrong with it, named."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cases.terms import TERMS
from foundation.clock import local_date
from foundation.errors import DomainError, InvalidInput
from foundation.ids import new_id
from handover.reading import FullPreview, Preview, inbox, preview
from organisation.staffing import SINCE
from tenants.models import Post
from tests.cases.build import Walk, assessing, registered
from tests.door import Door
from tests.teams import build
from tests.world import World

SENDER, RECEIVER = "jiantang.head", "xgll.director"
CLOSE = text("update offices set valid_to = '2026-03-01' where id = :office")


async def ready(world: World) -> Walk:
    walk = await registered(world, persons=2)
    await walk.do(SENDER, "approve-registration", answer="approve")
    return walk


async def offer(walk: Walk, **form: Any) -> None:
    plain = {"to_office_id": await walk.world.office(RECEIVER), "reason": "company"}
    await walk.do(SENDER, "offer-handover", **(plain | form))


async def person(world: World, login: str) -> str:
    return str((await world.subject(login)).person_id)


@pytest.mark.parametrize("reason", ["conflict", "recused", "near", "professional"])
async def test_a_reason_that_does_not_fit_the_direction_is_refused_at_its_field(world: World, reason: str) -> None:
    """A township's window to the workroom is up; up and down are told apart, and nothing is offered."""
    up = reason in ("conflict", "recused")
    walk = await assessing(world, persons=1) if up else await ready(world)
    below = {"to_office_id": await world.office("weixi.director")}
    with pytest.raises(InvalidInput) as refused:
        await walk.do(RECEIVER, "offer-handover", reason=reason, **below) if up else await offer(walk, reason=reason)
    assert [(one.field, one.rule) for one in refused.value.fields] == [("reason", "unfit")]
    assert ("平级" if up else "上提") in refused.value.fields[0].text("zh")
    assert (await world.case(walk.case_id)).offer_id is None


async def shown(world: World, login: str, case_id: UUID) -> FullPreview:
    async with world.as_(login) as (session, subject):
        return await preview(session, subject, case_id)


async def waiting(world: World, login: str, role: str | None = None) -> list[Preview]:
    async with world.as_(login, role) as (session, subject):
        return await inbox(session, subject)


async def test_who_is_asked_for_by_name_finds_it_first_and_any_other_of_the_office_may_answer(own_world: World) -> None:
    first, second = await ready(own_world), await ready(own_world)
    deputy = await own_world.subject("xgll.deputy")
    async with own_world.owner() as session:
        session.add(
            Post(
                id=new_id(SINCE),
                person_id=deputy.person_id,
                office_id=deputy.office_id,
                role="wr_director",
                since=SINCE,
            )
        )
    await offer(first)
    await offer(second, to_person_id=str(deputy.person_id))
    assert [one.case_id for one in await waiting(own_world, "xgll.deputy", "wr_director")] == [
        second.case_id,
        first.case_id,
    ]
    mine = await waiting(own_world, RECEIVER)
    assert [(one.case_id, one.for_me) for one in mine] == [(first.case_id, False), (second.case_id, False)]
    await second.do(RECEIVER, "accept-handover", no_conflict=True)
    assert (await own_world.case(second.case_id)).offer_id is None


async def test_the_preview_says_all_that_is_needed_to_decide(world: World) -> None:
    walk, today = await ready(world), local_date(world.clock.now())
    await offer(walk, to_person_id=await person(world, RECEIVER), purpose="mediate", done_by=str(today))
    seen = await shown(world, RECEIVER, walk.case_id)
    assert (seen.purpose, seen.done_by, seen.done_by_late, seen.for_me) == ("mediate", today, False, True)
    assert (seen.age_days, seen.funding, seen.word, seen.team) == (0, [], None, 0)
    titles = {one.title for one in seen.terms}
    assert titles and not titles & {term.title for term in TERMS.values() if term.remedy}
    for name in ("和春生", "墙体"):
        assert name not in str(seen)


async def test_money_is_told_per_tenant_in_totals_and_a_day_after_the_legal_one_is_marked(world: World) -> None:
    walk, today = await build.confirmed(world), local_date(world.clock.now())
    fee = {"fee": "appraisal", "institution": "迪庆某鉴定中心", "actual_fen": 300_000, "incurred_on": str(today)}
    await walk.do("xgll.handler", "record-fee", **fee)
    trip = {"serves": "A", "purpose": "到昆明调取材料", "starts_on": str(today + timedelta(days=5))}
    ends = {"ends_on": str(today + timedelta(days=6)), "standard_fen": 80_000}
    await walk.do("xgll.handler", "request-travel", **trip, **ends)
    above, late = await world.office("diqing.director"), today + timedelta(days=300)
    await walk.do("xgll.director", "offer-handover", to_office_id=above, reason="major", done_by=str(late))
    seen = await shown(world, "diqing.director", walk.case_id)
    (share,) = seen.funding
    assert (share.third_party_fen, share.incurred_fen, share.committed_fen) == (300_000, 0, 80_000)
    assert share.tenant == "香格里拉市" and "鉴定中心" not in str(seen)
    assert (seen.done_by, seen.done_by_late, seen.team) == (late, True, len(build.TEAM))


WRONG: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "an office that there is not": ({"to_office_id": 999_999}, ("to_office_id", "not_a_choice")),
    "the own office": ({"to_office_id": "jiantang.clerk"}, ("to_office_id", "not_a_choice")),
    "who works elsewhere": ({"to_person_id": "diqing.director"}, ("to_person_id", "not_a_choice")),
    "who works there and may not answer": ({"to_person_id": "xgll.handler"}, ("to_person_id", "not_a_choice")),
    "an answer in the past": ({"answer_by": -1}, ("answer_by", "too_small")),
    "an answer too far ahead": ({"answer_by": 61}, ("answer_by", "too_large")),
    "work done in the past": ({"done_by": -1}, ("done_by", "too_small")),
    "work done before the answer": ({"answer_by": 9, "done_by": 8}, ("done_by", "before_answer")),
    "no purpose of the list": ({"purpose": "x"}, ("purpose", "not_a_choice")),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_is_wrong_is_named_at_its_field(world: World, case: str) -> None:
    form, expected = WRONG[case]
    walk, today = await ready(world), local_date(world.clock.now())
    sent = dict(form)
    for name, value in form.items():
        if name.endswith("_by"):
            sent[name] = str(today + timedelta(days=value))
        elif isinstance(value, str) and name == "to_office_id":
            sent[name] = await world.office(value)
        elif isinstance(value, str) and name == "to_person_id":
            sent[name] = await person(world, value)
    with pytest.raises(InvalidInput) as refused:
        await offer(walk, **sent)
    assert [(error.field, error.rule) for error in refused.value.fields] == [expected]


async def test_an_office_that_is_closed_is_no_choice(own_world: World) -> None:
    walk = await ready(own_world)
    closed = await own_world.office(RECEIVER)
    async with own_world.owner() as session:
        await session.execute(CLOSE, {"office": closed})
    with pytest.raises(InvalidInput) as refused:
        await offer(walk)
    assert refused.value.fields[0].field == "to_office_id"


async def test_the_second_answer_finds_no_offer(world: World) -> None:
    walk = await ready(world)
    await offer(walk)
    await walk.do(RECEIVER, "return-handover", reason="not_ours", proof="州工作室会商纪要〔2026〕3号")
    with pytest.raises(DomainError) as refused:
        await walk.do(RECEIVER, "accept-handover", no_conflict=True)
    assert refused.value.status == 404


async def test_the_page_asks_for_all_of_it_and_says_that_a_term_does_not_move(door: Door) -> None:
    walk = await assessing(door.world, persons=2)
    page = (await (await door.browser("xgll.director")).get(f"/cases/{walk.case_id}/acts/offer-handover")).text
    for words in ("请何人办理", "移交目的", "希望于此日前办结", "不改变法定期限"):
        assert words in page
