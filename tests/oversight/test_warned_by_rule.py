"""预警 by rule: with a refusal and a failure, to named offices, for help; received; shown, or a reviewed reason."""

from typing import Any

import pytest
from sqlalchemy import select

from cases.models import Case
from cases.papers import Paper
from cases.units import CaseUnit
from foundation.errors import InvalidInput
from oversight.models import CaseWarning
from oversight.warned import warnings_to
from oversight.warning_words import asks_against_somebody, names_somebody
from server.watching import watch_offices
from tenants.models import Office
from tests.cases.build import Walk, accepted, assessed, assessing, registered
from tests.oversight.telling import deliver, notices_of
from tests.oversight.told import told
from tests.teams.build import entrusted
from tests.world import World

ALL = 10_000
"""Whatever other tests have warned of."""
END = {
    "ground": "failed",
    "channels": [{"way": "civil_suit", "organ": "香格里拉市人民法院"}],
}
PLAIN = {"help_needed": "请协调场地和藏语翻译", "ends_on": "2026-03-25"}


async def warned(world: World, login: str, walk: Walk) -> list[str]:
    async with world.as_(login) as (session, subject):
        page = await warnings_to(session, subject, size=ALL)
    return [one.help_needed for one in page.warnings if one.case_id == walk.case_id]


async def shown(walk: Walk) -> list[str]:
    async with walk.world.owner() as session:
        papers = await session.scalars(select(Paper).where(Paper.case_id == walk.case_id, Paper.kind == "warning"))
        return [one.content["help_needed"] for one in papers]


@pytest.mark.obligation("5", "20", "22", "N6")
async def test_failed_mediation_warns_the_offices_of_the_rule_once_each_and_tells_the_parties(own_world: World) -> None:
    walk = await entrusted(own_world)
    await walk.do("xgll.director", "terminate", **END)
    for login, help_asked in (("jiantang.head", "翻译"), ("xgll.daily", "政策咨询"), ("xgll.guide", "法律援助")):
        (asked,) = await warned(own_world, login, walk)
        assert help_asked in asked and "和春生" not in asked
    assert await warned(own_world, "deqin.director", walk) == []
    (paper,) = await shown(walk)
    assert "法律援助" in paper
    assert len(await told(own_world, "warning_received", walk.case_id)) == 3


@pytest.mark.obligation("N2")
async def test_who_leaves_or_settles_sets_no_warning_going(world: World) -> None:
    for ground in ("party_refuses", "settled_privately"):
        walk = await entrusted(world)
        await walk.do("xgll.director", "terminate", **(END | {"ground": ground}))
        assert await shown(walk) == [] and await warned(world, "jiantang.head", walk) == []


@pytest.mark.obligation("5", "22", "N6")
async def test_a_claim_split_off_and_refused_warns_by_rule_too(world: World) -> None:
    walk = await assessed(world, persons=2)
    async with world.owner() as session:
        rows = (await session.scalars(select(CaseWarning).where(CaseWarning.occasion == "refused"))).all()
    assert {row.case_id for row in rows} - {walk.case_id}
    assert all(row.receipt_due_at is not None and row.receipt_due_at <= row.ends_at for row in rows)


@pytest.mark.obligation("5")
async def test_an_unreceipted_warning_is_told_once_however_often_the_job_runs(own_world: World) -> None:
    walk = await entrusted(own_world)
    await walk.do("xgll.director", "terminate", **END)
    async with own_world.owner() as session:
        ids = {
            row.receiver_office_id: str(row.id)
            for row in await session.scalars(select(CaseWarning).where(CaseWarning.case_id == walk.case_id))
        }
    signed = ids[await own_world.office("jiantang.head")]
    await walk.do("jiantang.head", "acknowledge-warning", warning_id=signed)
    await watch_offices(own_world.store)
    assert await told(own_world, "warning_unreceipted", walk.case_id) == []
    own_world.clock.advance(days=6)
    await watch_offices(own_world.store)
    await watch_offices(own_world.store)
    late = await told(own_world, "warning_unreceipted", walk.case_id)
    assert {one["cause"].split(":")[1] for one in late} == set(ids.values()) - {signed}
    above = await own_world.office("diqing.supervisor")
    await deliver(own_world)
    heard = {one.kind for one in await notices_of(own_world, "diqing.supervisor", walk.case_id)}
    assert "warning_unreceipted" in heard
    assert all(above in one["offices"] and walk.case_id for one in late)


@pytest.mark.obligation("N6")
async def test_a_warning_not_shown_is_reviewed_by_the_tier_above_and_shown_when_refused_or_not_reviewed(
    world: World,
) -> None:
    walk = await accepted(world, persons=2)
    form: dict[str, Any] = {**PLAIN, "receiver_office_id": await world.office("xgll.daily")}
    for reason in ("检察机关要求保密", "涉及侦查秘密", "涉及他人隐私"):
        await walk.do("xgll.director", "issue-warning", **form, withheld_reason=reason)
    assert await shown(walk) == []
    assert len(await told(world, "warning_withheld", walk.case_id)) == 3
    await deliver(world)
    heard = [one.kind for one in await notices_of(world, "diqing.supervisor", walk.case_id)]
    assert heard.count("warning_withheld") == 3
    async with world.as_("diqing.supervisor") as (session, subject):
        case = await world.case(walk.case_id)
        options = await world.catalogue.options["withheld_warnings"](session, subject, case)
    approved, refused, _ = [one.value for one in options]
    with pytest.raises(InvalidInput):  # an approval says on what ground
        await walk.do("diqing.supervisor", "review-withholding", withholding_id=approved, verdict="approve")
    note = "刑事诉讼法第54条"
    await walk.do("diqing.supervisor", "review-withholding", withholding_id=approved, verdict="approve", note=note)
    assert await shown(walk) == []
    await walk.do("diqing.supervisor", "review-withholding", withholding_id=refused, verdict="refuse")
    told_who = "香格里拉市 · 香格里拉市信访局：" + PLAIN["help_needed"]
    assert await shown(walk) == [told_who]
    world.clock.advance(days=9)
    await watch_offices(world.store)
    await watch_offices(world.store)
    assert await shown(walk) == [told_who] * 2


HIDDEN = (
    "请稳控", "请 稳 控", "稳\u200b控", "ＡＢ稳-控", "稳、控", "稳\n控", "穩控", "勸返來訪人", "看1管", "请拦*截",
    "掌握行踪",
)  # fmt: skip


@pytest.mark.obligation("N6")
def test_no_blank_mark_or_form_of_writing_hides_what_a_warning_may_not_ask() -> None:
    assert [text for text in HIDDEN if not asks_against_somebody(text)] == []
    for help_asked in ("请提供调解场地和藏语翻译", "请协助申请法律援助", "请到现场排除房屋安全隐患"):
        assert not asks_against_somebody(help_asked)
    assert names_somebody("请联系 138 0000-1234", ()) and names_somebody("请帮和 春生", ["和春生"])
    assert not names_somebody("请于2026年3月20日前帮助12户", ["和春生"])


@pytest.mark.obligation("N6")
async def test_a_warning_names_no_party_and_the_fact_for_the_police_asks_for_no_watching(world: World) -> None:
    walk = await accepted(world, persons=1)
    name = (await walk.petitioners())[0].name
    for form, errors in (
        ({"help_needed": f"请帮助{name}", "police": False}, {("help_needed", "personal")}),
        ({"police": True, "founding_fact": "扬言堵路，请盯 防"}, {("founding_fact", "forbidden")}),
        ({"police": False, "withheld_reason": "先稳控、劝说其不要上访"}, {("withheld_reason", "forbidden")}),
    ):
        office = {"receiver_office_id": await world.office("xgll.daily")}
        with pytest.raises(InvalidInput) as refused:
            await walk.do("xgll.director", "issue-warning", **(PLAIN | office | form))
        assert {(error.field, error.rule) for error in refused.value.fields} == errors


@pytest.mark.obligation("5", "22")
async def test_a_dispute_of_ten_goes_up_to_each_tier_above_its_holder_once(world: World) -> None:
    few, many = await registered(world, persons=9), await registered(world, persons=10)
    for walk in (few, many):
        await walk.do("jiantang.head", "approve-registration", answer="approve")
    assert await told(world, "mass_dispute", few.case_id) == []
    (up,) = await told(world, "mass_dispute", many.case_id)
    above = [await world.office(login) for login in ("xgll.lgo", "diqing.supervisor", "yunnan.supervisor")]
    assert up["offices"] == sorted(above)
    await many.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    await many.do("xgll.director", "accept-handover", no_conflict=True)
    assert len(await told(world, "mass_dispute", many.case_id)) == 1


@pytest.mark.obligation("5", "22")
async def test_who_stands_above_a_mass_dispute_only_once_it_has_moved_hears_of_it_then(world: World) -> None:
    """A county of another prefecture takes it: that prefecture's leading group never heard of it."""
    walk, workroom = await assessing(world, persons=12), await world.subject("gongshan.director", "wr_director")
    await walk.do("xgll.director", "offer-handover", to_office_id=workroom.office_id, reason="jurisdiction")
    people = [str(one.id) for one in await walk.petitioners()]
    agree = {"office_id": workroom.office_id, "party_ids": people, "accepted": True}
    await walk.do("xgll.director", "answer-transfer", **agree)
    await walk.do("gongshan.director", "accept-handover", post="wr_director", no_conflict=True)
    first, then = await told(world, "mass_dispute", walk.case_id)
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        (above,) = [await session.get_one(Office, office) for office in then["offices"]]
    assert (above.tenant_id, above.kind) == (case.prefecture_id, "leading_group")
    assert above.id not in first["offices"] and then["cause"] == first["cause"]
    await deliver(world)
    assert [one.kind for one in await notices_of(world, "yunnan.supervisor", walk.case_id)].count("mass_dispute") == 1


@pytest.mark.obligation("N6")
async def test_no_person_warns_a_tenant_that_is_concerned_or_an_office_that_signs_for_nothing(world: World) -> None:
    walk = await accepted(world, persons=1)

    async def offered() -> set[str]:
        async with world.as_("xgll.director") as (session, subject):
            case = await session.get_one(Case, walk.case_id)
            return {one.value for one in await world.catalogue.options["warning_receivers"](session, subject, case)}

    window, point = await world.office("jiantang.head"), await world.office("jiantang.contact")
    before = await offered()
    assert str(window) in before and str(point) not in before
    head = await world.subject("jiantang.head")
    async with world.owner() as session:
        session.add(
            CaseUnit(
                id=walk.case_id, case_id=walk.case_id, role="visited", name="建塘镇人民政府", kind="township",
                conflicts_tenant_id=head.tenant_id, found_by="handler", recorded_at=world.clock.now(),
                recorded_by=head.person_id,
            )
        )  # fmt: skip
    assert str(window) not in await offered() and await offered() < before
    with pytest.raises(InvalidInput):
        await walk.do("xgll.director", "issue-warning", **PLAIN, receiver_office_id=window)
