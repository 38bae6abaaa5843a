"""救助: hardship is checked person by person, the right organ is shown, and every answer is followed up."""

from typing import Any

import pytest
from sqlalchemy import text

from cases.papers import Paper
from dossiers.closing import NoReliefReferral, ReliefOpen
from dossiers.relief import ReliefCheck, ReliefReferral
from dossiers.relief_acts import JudicialReliefNotOpen
from foundation.errors import InvalidInput
from tests.dossiers.build import Built, rows
from tests.dossiers.following import finish, nobody_in_hardship
from tests.world import World

TOWNSHIP = {"organ": "建塘镇人民政府", "applied_on": "2026-03-02"}


def hardship(built: Built, **more: Any) -> dict[str, Any]:
    party = str(built.petitioners[0])
    return {"party": party, "hardship": "poor_household", "facts": "低保户，房屋受损", "wanted": True, **more}


async def checked(world: World, built: Built, **more: Any) -> str:
    await world.do("xgll.handler", built.case_id, "check-relief", hardships=[hardship(built, **more)])
    (check,) = await rows(world, ReliefCheck, built)
    return str(check.id)


async def refer(world: World, built: Built, check: str, kind: str) -> None:
    await world.do("xgll.handler", built.case_id, "refer-relief", check=check, kind=kind, **TOWNSHIP)


async def test_judicial_relief_is_not_open_to_a_household_outside_litigation_but_temporary_relief_is(
    world: World, agreed: Built
) -> None:
    check = await checked(world, agreed)
    with pytest.raises(JudicialReliefNotOpen):
        await refer(world, agreed, check, "judicial")
    await refer(world, agreed, check, "temporary")
    (referral,) = await rows(world, ReliefReferral, agreed)
    assert (referral.kind, referral.organ, referral.answer) == ("temporary", "建塘镇人民政府", None)


async def test_judicial_relief_needs_litigation_that_the_law_can_hardly_solve(world: World, agreed: Built) -> None:
    check = await checked(world, agreed, litigation=True, unsolvable=True)
    await refer(world, agreed, check, "judicial")
    assert [referral.kind for referral in await rows(world, ReliefReferral, agreed)] == ["judicial"]


async def test_litigation_alone_opens_no_judicial_relief(world: World, agreed: Built) -> None:
    with pytest.raises(JudicialReliefNotOpen):
        await refer(world, agreed, await checked(world, agreed, litigation=True), "judicial")


async def test_the_check_leads_to_the_step_of_relief_even_when_nobody_is_in_hardship(
    world: World, agreed: Built
) -> None:
    case = await nobody_in_hardship(world, agreed)
    assert (case.state, case.step) == ("relieved", 7)


@pytest.mark.parametrize("form", [{}, {"none_found": True, "hardships": "one"}])
async def test_the_check_says_either_who_is_in_hardship_or_that_nobody_is(
    world: World, agreed: Built, form: dict[str, Any]
) -> None:
    if "hardships" in form:
        form = form | {"hardships": [hardship(agreed)]}
    with pytest.raises(InvalidInput) as refused:
        await world.do("xgll.handler", agreed.case_id, "check-relief", **form)
    assert [error.rule for error in refused.value.fields] == ["contradiction"]


async def test_the_person_gets_the_guidance_in_writing_with_the_free_helpers(world: World, agreed: Built) -> None:
    await refer(world, agreed, await checked(world, agreed), "temporary")
    (paper,) = [paper for paper in await rows(world, Paper, agreed) if paper.kind == "relief_guidance"]
    assert paper.party_id == agreed.petitioners[0]
    assert any("12348" in helper for helper in paper.content["free_helpers"])


async def test_hardship_is_sealed_at_rest(world: World, agreed: Built) -> None:
    await checked(world, agreed)
    async with world.owner() as session:
        query = text("select hardship, facts from relief_checks where case_id = :case")
        kind, facts = (await session.execute(query, {"case": agreed.case_id})).one()
    assert b"poor" not in kind and "低保".encode() not in facts


async def test_a_case_stays_open_until_every_relief_has_its_answer(world: World, agreed: Built) -> None:
    check = await checked(world, agreed)
    await finish(world, agreed)
    with pytest.raises(ReliefOpen):
        await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    await refer(world, agreed, check, "temporary")
    with pytest.raises(ReliefOpen):
        await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    (referral,) = await rows(world, ReliefReferral, agreed)
    answer = {"referral": str(referral.id), "answer": "granted", "answered_on": "2026-03-02"}
    await world.do("xgll.handler", agreed.case_id, "answer-relief", **answer)
    case = await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    assert case.state == "closed"


async def test_a_later_check_of_another_person_answers_nobody_elses_wish(world: World, agreed: Built) -> None:
    await checked(world, agreed)
    neighbour = hardship(agreed, party=str(agreed.petitioners[1]), wanted=False)
    await world.do("xgll.handler", agreed.case_id, "check-relief", hardships=[neighbour])
    await finish(world, agreed)
    with pytest.raises(ReliefOpen):
        await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")


async def test_nobody_is_referred_against_their_will_and_that_keeps_no_case_open(world: World, agreed: Built) -> None:
    await checked(world, agreed, wanted=False)
    await finish(world, agreed)
    case = await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    assert case.state == "closed"


async def test_there_is_no_answer_without_an_application(world: World, agreed: Built) -> None:
    check = await checked(world, agreed)
    with pytest.raises(NoReliefReferral):
        await world.do(
            "xgll.handler",
            agreed.case_id,
            "answer-relief",
            referral=check,
            answer="granted",
            answered_on="2026-03-02",
        )


async def test_an_answer_is_given_once_and_not_before_the_application(world: World, agreed: Built) -> None:
    await refer(world, agreed, await checked(world, agreed), "temporary")
    (referral,) = await rows(world, ReliefReferral, agreed)
    early = {"referral": str(referral.id), "answer": "refused", "answered_on": "2026-03-01"}
    with pytest.raises(InvalidInput) as refused:
        await world.do("xgll.handler", agreed.case_id, "answer-relief", **early)
    assert [error.field for error in refused.value.fields] == ["answered_on"]
    await world.do("xgll.handler", agreed.case_id, "answer-relief", **early | {"answered_on": "2026-03-02"})
    with pytest.raises(NoReliefReferral):
        await world.do("xgll.handler", agreed.case_id, "answer-relief", **early | {"answered_on": "2026-03-02"})
