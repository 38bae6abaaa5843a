"""委托: who signs, when, and that a unit's silence is no veto."""

import pytest

from cases.entrustment import AlreadySigned, DeedMissing, NotYourSignature, UnitStillHasTime
from tests.cases.build import accepted, entrusted
from tests.world import World


async def test_company_and_committee_sign_and_the_work_may_begin(world: World) -> None:
    walk = await entrusted(world, persons=2)
    assert (await world.case(walk.case_id)).state == "entrusted"


async def test_nobody_signs_a_deed_that_is_not_drafted(world: World) -> None:
    walk = await accepted(world, persons=2)
    with pytest.raises(DeedMissing):
        await walk.do("xgll.director", "sign-entrustment", capacity="unit", signed_name="公司代表", sealed=True)


async def test_the_petition_office_signs_for_a_slow_unit_only_after_its_days_have_passed(world: World) -> None:
    walk = await accepted(world, persons=2)
    await walk.do("xgll.director", "propose-entrustment", unit_clear=True, scope="两项诉求")
    await walk.do("xgll.director", "sign-entrustment", capacity="committee", signed_name="调委会", sealed=True)
    with pytest.raises(UnitStillHasTime):
        await walk.do(
            "xgll.signatory", "sign-entrustment", capacity="petition_office", signed_name="信访局", sealed=True
        )
    world.clock.advance(days=8)
    await walk.do("xgll.signatory", "sign-entrustment", capacity="petition_office", signed_name="信访局", sealed=True)
    assert (await world.case(walk.case_id)).state == "entrusted"


async def test_the_petition_office_signs_at_once_when_the_unit_is_not_clear(world: World) -> None:
    walk = await accepted(world, persons=2)
    await walk.do("xgll.director", "propose-entrustment", unit_clear=False, scope="两项诉求")
    await walk.do("xgll.signatory", "sign-entrustment", capacity="petition_office", signed_name="信访局", sealed=True)
    await walk.do("xgll.director", "sign-entrustment", capacity="committee", signed_name="调委会", sealed=True)
    assert (await world.case(walk.case_id)).state == "entrusted"


async def test_the_workroom_can_not_sign_for_the_petition_office(world: World) -> None:
    walk = await accepted(world, persons=2)
    await walk.do("xgll.director", "propose-entrustment", unit_clear=False, scope="两项诉求")
    with pytest.raises(NotYourSignature):
        await walk.do(
            "xgll.director", "sign-entrustment", capacity="petition_office", signed_name="信访局", sealed=True
        )


async def test_one_side_signs_once(world: World) -> None:
    walk = await accepted(world, persons=2)
    await walk.do("xgll.director", "propose-entrustment", unit_clear=True, scope="两项诉求")
    await walk.do("xgll.director", "sign-entrustment", capacity="unit", signed_name="公司代表", sealed=True)
    with pytest.raises(AlreadySigned):
        await walk.do("xgll.director", "sign-entrustment", capacity="unit", signed_name="公司代表", sealed=True)
