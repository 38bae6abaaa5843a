"""The page and the API of claims: each sees the own work, nobody a petitioner, a stranger nothing of the case."""

from funding.recoveries import enter_for
from tests.door import Door
from tests.dossiers.build import Built
from tests.funding.build import approve, find, pay, propose, review
from tests.funding.conftest import Officials
from tests.funding.test_payouts import recovered
from tests.world import World

HERE, API = "/funding/claims", "/api/v1/funding/claims"


async def test_claims_show_to_those_whose_work_they_are_and_name_no_petitioner(
    door: Door, world: World, closed: Built
) -> None:
    case = str(closed.case_id)
    await find(world, closed)
    await propose(world, closed)
    async with await door.browser("xgll.reviewer") as browser:
        page = (await browser.get(HERE)).text
        assert f"/cases/{case}/acts/review-settlement" in page and f"/cases/{case}#money-title" in page
        assert "信访人" not in page
    async with await door.program("xgll.handler") as program:
        board = (await program.get(API)).json()
        assert case in str(board["queues"]) and case in str(board["own"])
    for stranger in ("diqing.reviewer", "baohe.clerk", "deqin.intake"):
        async with await door.program(stranger) as program:
            answer = await program.get(API)
            assert answer.status_code == 403 or case not in answer.text
    async with await door.program("xgll.admin") as program:
        assert (await program.get(API)).status_code == 403


async def test_a_recovery_is_entered_on_its_page_by_the_cashier_alone(
    door: Door, world: World, closed: Built, officials: Officials
) -> None:
    await find(world, closed)
    await propose(world, closed)
    await review(world, closed)
    for side in ("justice", "petition"):
        await approve(world, closed, side)
    await pay(world, closed)
    await officials.make("xgll.mediator")
    async with world.as_("xgll.cashier") as (session, subject):
        await enter_for(session, subject, (await world.subject("xgll.mediator")).person_id)
    (owed,) = await recovered(world, closed)
    address = f"{HERE}/recoveries/{owed.id}/repaid"
    async with await door.browser("xgll.reviewer") as browser:
        assert (await browser.get(address)).status_code == 403
    async with await door.browser("xgll.cashier") as browser:
        assert "误付公职人员" in (await browser.get(HERE)).text
        form = await browser.get(address)
        assert form.status_code == 200
    async with await door.program("yunnan.reviewer") as program:
        refused = await program.post(f"{API}/recoveries/{owed.id}/repaid", json={"receipt_no": "收1"})
        assert refused.status_code == 403
    async with await door.program("xgll.cashier") as program:
        wrong = await program.post(f"{API}/recoveries/{owed.id}/repaid", json={"receipt_no": ""})
        assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "receipt_no"
        done = await program.post(f"{API}/recoveries/{owed.id}/repaid", json={"receipt_no": "收2026-007"})
        assert done.status_code == 200 and done.json()["receipt_no"] == "收2026-007"
        again = await program.post(f"{API}/recoveries/{owed.id}/repaid", json={"receipt_no": "收2026-007"})
        assert again.json()["code"] == "already_repaid"
