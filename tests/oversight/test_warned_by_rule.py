"""预警 by rule: with a refusal and a failure, to named offices, for help; received; shown, or a reviewed reason."""

from typing import Any

import pytest
from sqlalchemy import select

from cases.papers import Paper
from foundation.errors import InvalidInput
from oversight.models import CaseWarning
from oversight.warned import warnings_to
from oversight.warning_words import asks_against_somebody, names_somebody
from server.watching import watch_offices
from tests.cases.build import Walk, accepted, assessed, registered
from tests.oversight.told import told
from tests.teams.build import entrusted
from tests.world import World

END = {
    "ground": "failed",
    "channels": [{"way": "civil_suit", "organ": "香格里拉市人民法院"}],
}
PLAIN = {"help_needed": "请协调场地和藏语翻译", "ends_on": "2026-03-25"}


async def warned(world: World, login: str, walk: Walk) -> list[str]:
    async with world.as_(login) as (session, subject):
        return [one.help_needed for one in await warnings_to(session, subject) if one.case_id == walk.case_id]


async def shown(walk: Walk) -> list[str]:
    async with walk.world.owner() as session:
        papers = await session.scalars(select(Paper).where(Paper.case_id == walk.case_id, Paper.kind == "warning"))
        return [one.content["help_needed"] for one in papers]


@pytest.mark.obligation("5", "20", "22", "N6")
async def test_failed_mediation_warns_the_offices_of_the_rule_once_each_and_tells_the_parties(world: World) -> None:
    walk = await entrusted(world)
    await walk.do("xgll.director", "terminate", **END)
    for login, help_asked in (("jiantang.head", "翻译"), ("xgll.daily", "政策咨询")):
        (asked,) = await warned(world, login, walk)
        assert help_asked in asked and "和春生" not in asked
    assert await warned(world, "deqin.director", walk) == []
    (paper,) = await shown(walk)
    assert "法律援助" in paper
    assert len(await told(world, "warning_received", walk.case_id)) == 3


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
async def test_an_unreceipted_warning_is_told_once_however_often_the_job_runs(world: World) -> None:
    walk = await entrusted(world)
    await walk.do("xgll.director", "terminate", **END)
    async with world.owner() as session:
        ids = {
            row.receiver_office_id: str(row.id)
            for row in await session.scalars(select(CaseWarning).where(CaseWarning.case_id == walk.case_id))
        }
    signed = ids[await world.office("jiantang.head")]
    await walk.do("jiantang.head", "acknowledge-warning", warning_id=signed)
    await watch_offices(world.store)
    assert await told(world, "warning_unreceipted", walk.case_id) == []
    world.clock.advance(days=6)
    await watch_offices(world.store)
    await watch_offices(world.store)
    late = await told(world, "warning_unreceipted", walk.case_id)
    assert {one["cause"].split(":")[1] for one in late} == set(ids.values()) - {signed}
    above = await world.office("diqing.supervisor")
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
    assert await shown(walk) == [PLAIN["help_needed"]]
    world.clock.advance(days=9)
    await watch_offices(world.store)
    await watch_offices(world.store)
    assert await shown(walk) == [PLAIN["help_needed"]] * 2


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
    ):
        office = {"receiver_office_id": await world.office("xgll.daily")}
        with pytest.raises(InvalidInput) as refused:
            await walk.do("xgll.director", "issue-warning", **(PLAIN | office | form))
        assert {(error.field, error.rule) for error in refused.value.fields} == errors


@pytest.mark.obligation("5", "22")
async def test_a_dispute_of_ten_goes_up_to_prefecture_and_province_once(world: World) -> None:
    few, many = await registered(world, persons=9), await registered(world, persons=10)
    for walk in (few, many):
        await walk.do("jiantang.head", "approve-registration", answer="approve")
    assert await told(world, "mass_dispute", few.case_id) == []
    (up,) = await told(world, "mass_dispute", many.case_id)
    assert up["offices"] == sorted([await world.office("diqing.supervisor"), await world.office("yunnan.supervisor")])
    await many.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    await many.do("xgll.director", "accept-handover", no_conflict=True)
    assert len(await told(world, "mass_dispute", many.case_id)) == 1
