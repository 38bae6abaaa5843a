"""The page and the API of claims: each sees the own work, nobody a petitioner, a stranger nothing of the case."""

import pytest

from foundation.money import yuan
from funding import claims_board, claims_paging
from funding.claims_board import Asked, Queue, board
from funding.payment_reading import due_list
from funding.recoveries import enter_for
from tests.door import Door
from tests.dossiers.build import Built
from tests.funding.build import agreed, approve, closed_case, find, pay, propose, review
from tests.funding.conftest import Officials
from tests.funding.test_payouts import recovered
from tests.funding.test_travel import answer, request
from tests.statements import recorded
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
    async with await door.browser("xgll.cashier") as browser:
        assert f'<a href="/cases/{closed.case_id}">' in (await browser.get("/funding/payments")).text
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
        assert f"{(await world.subject('xgll.mediator')).name} {yuan(owed.amount_fen)}" in form.text
        assert (await browser.get(address.replace(str(owed.id), str(closed.case_id)))).status_code == 404
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


async def test_a_list_of_claims_goes_on_page_by_page_until_all_were_seen(
    door: Door, world: World, closed: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    for built in (closed, await closed_case(world)):
        await find(world, built)
        await propose(world, built)
    async with world.as_("xgll.reviewer") as (session, subject):
        (whole,) = (await board(session, subject, Asked(box=Queue.REVIEW))).queues
    assert len(whole.claims) >= 2 and whole.after is None
    for module in (claims_board, claims_paging):
        monkeypatch.setattr(module, "MOST", 1)
    met, after = [], None
    async with await door.program("xgll.reviewer") as program, await door.browser("xgll.reviewer") as browser:
        first = (await browser.get(HERE)).text
        assert "box=review&amp;after=" in first
        for _ in whole.claims:
            asked = {"box": "review"} | ({"after": after} if after else {})
            (line,) = (await program.get(API, params=asked)).json()["queues"]
            met += [one["case_id"] for one in line["claims"]]
            after = line["after"]
        assert met == [str(one.case_id) for one in whole.claims] and after is None
        last = first.split("box=review&amp;after=")[1].split('"')[0]
        page = (await browser.get(HERE, params={"box": "review", "after": last})).text
        assert f"/cases/{met[1]}/" in page and f"/cases/{met[0]}/" not in page
        unknown = {"box": "own", "after": str(closed.case_id)}
        assert (await program.get(API, params=unknown)).json()["errors"][0]["field"] == "after"


async def test_what_waits_to_be_paid_is_asked_as_often_for_many_trips_as_for_one(world: World) -> None:
    built = await agreed(world)
    await find(world, built)
    numbers = []
    for starts, ends in (("2026-03-03", "2026-03-04"), ("2026-03-05", "2026-03-06"), ("2026-03-07", "2026-03-08")):
        await answer(world, built, await request(world, built, starts_on=starts, ends_on=ends))
    for days in (4, 10):
        world.clock.advance(days=days)
        async with world.as_("xgll.cashier") as (session, subject):
            with recorded(world.store) as asked:
                waiting = (await board(session, subject)).waiting
                await due_list(session, subject)
            numbers.append((len([one for one in waiting if one.case_id == built.case_id]), len(asked)))
    (few, often), (many, as_often) = numbers
    assert few < many == 3 and often == as_often
