"""处理意见 (五(五)): a proposal for settlement, labelled so, put to both sides alike; it starts nothing."""

import pytest

from tests.door import Door
from tests.steps.guidance import Sitting
from tests.teams.build import OPINION, confirmed, planned


@pytest.mark.obligation("25a")
async def test_the_opinion_and_each_copy_say_that_they_are_no_petition_opinion_and_start_no_review(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    for kind in ("opinion", "opinion_copy"):
        for paper in await sitting.papers(kind):
            label = paper["content"]["label"]
            assert "不是信访处理意见书" in label and "不启动复查期限" in label and "不再受理" in label


@pytest.mark.obligation("25a")
async def test_no_term_of_review_begins_with_the_opinion(door: Door) -> None:
    sitting = Sitting(door, await planned(door.world))
    before = await sitting.running()
    await sitting.do("xgll.handler", "issue-opinion", **OPINION)
    assert await sitting.running() == before


@pytest.mark.obligation("25a")
async def test_the_print_names_the_paper_a_proposal(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    (paper,) = [one for one in await sitting.read("xgll.handler", "/papers") if one["kind"] == "opinion"]
    browser = await door.browser("xgll.handler")
    printed = (await browser.get(f"/cases/{sitting.walk.case_id}/papers/{paper['id']}")).text
    assert "处理意见（调解建议）" in printed and "不是信访处理意见书" in printed


@pytest.mark.obligation("1a")
async def test_everyone_at_the_table_gets_the_same_words(door: Door) -> None:
    sitting = await Sitting.proposed(door, persons=3)
    copies = await sitting.papers("opinion_copy")
    assert {copy["party_id"] for copy in copies} == set(await sitting.table())
    assert len({(copy["content"]["facts"], copy["content"]["proposal"]) for copy in copies}) == 1


@pytest.mark.obligation("2", "25")
async def test_an_opinion_names_its_basis_and_cites_no_statute_that_is_not_in_force(door: Door) -> None:
    sitting = Sitting(door, await planned(door.world))
    assert await sitting.wrong("xgll.handler", "issue-opinion", **OPINION | {"legal_basis": ""}) == {
        ("legal_basis", "required")
    }
    repealed = OPINION | {"legal_basis": "合同法第60条"}
    assert {field for field, _ in await sitting.wrong("xgll.handler", "issue-opinion", **repealed)} == {"legal_basis"}


@pytest.mark.obligation("26a", "N8")
@pytest.mark.parametrize(
    "promise", ["签字后不再上访", "如再信访，退还补偿款", "the petitioner waives the right to sue"]
)
async def test_no_opinion_holds_a_promise_not_to_petition_or_sue(door: Door, promise: str) -> None:
    sitting = Sitting(door, await planned(door.world))
    form = OPINION | {"proposal": f"公司修复墙体，{promise}"}
    assert await sitting.wrong("xgll.handler", "issue-opinion", **form) == {("proposal", "renunciation")}


@pytest.mark.obligation("25")
async def test_a_handler_without_a_plan_gives_no_opinion(door: Door) -> None:
    sitting = Sitting(door, await confirmed(door.world))
    assert await sitting.refused("xgll.handler", "issue-opinion", **OPINION) == "plan_missing"


@pytest.mark.obligation("25a", "N11")
async def test_each_party_reads_its_copy_on_the_own_page_with_the_label(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    copies = [paper for paper in (await sitting.own_page())["papers"] if paper["kind"] == "opinion_copy"]
    assert len(copies) == 1 and "不是信访处理意见书" in copies[0]["content"]["label"]
    assert copies[0]["content"]["free_helpers"]
