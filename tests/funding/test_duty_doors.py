"""Duty and payments through the doors: every page says what it may, the API the same; nobody else gets in."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from foundation import cookies
from tests.door import Door
from tests.funding.duty import approve, at, has_account, worked

A, B = "xgll.duty_a", "xgll.duty_b"
DUTY, PAYMENTS = "/funding/duty", "/funding/payments"
ACCOUNT = {"number": "6222021234567890123", "bank": "中国银行香格里拉支行"}


async def _post(browser: AsyncClient, address: str, page: str, **data: Any) -> Response:
    """With the hidden fields of the page that was read before."""
    hidden = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("_csrf_token", "idempotency_key")
        if f'name="{name}" value="' in page
    }
    return await browser.post(address, data={**hidden, **data})


@pytest.mark.obligation("48")
async def test_duty_is_rostered_swapped_signed_in_and_approved_through_either_door(own_door: Door) -> None:
    """One day by the API, the next on the pages; the month is approved with both."""
    await _duty_by_api(own_door)
    await _duty_on_pages(own_door)


async def _duty_on_pages(own_door: Door) -> None:
    world = own_door.world
    first, second = await world.subject(A), await world.subject(B)
    async with await _fresh(own_door, "xgll.daily") as manager:
        form = (await manager.get(f"{DUTY}/new")).text
        row = {"office_id": str(first.office_id), "shifts.0.day": "2026-03-03", "shifts.0.part": "whole"}
        row["shifts.0.person_id"] = str(first.person_id)
        late = await _post(manager, f"{DUTY}/new", form, **{**row, "shifts.0.day": "2026-02-01"})
        assert late.status_code == 422 and "只能安排今天起一年之内的值班" in late.text
        made = await _post(manager, f"{DUTY}/new", late.text, **row)
        assert made.status_code == 303, made.text
        for month in ("0001-01-01", "9999-12-31"):
            assert "没有这个月份的值班" in (await manager.get(f"{DUTY}?month={month}")).text
            assert (await manager.get(f"{DUTY}.csv?month={month}")).status_code == 422
        shown = (await manager.get(DUTY)).text
        assert first.name in shown and "值班补助</h2>" not in shown  # daily management sees no money
        assert (await manager.get(f"{DUTY}/shifts/{first.person_id}/late")).status_code == 404
    shift = shown.split(f"{DUTY}/shifts/")[1].split("/")[0]
    async with await _fresh(own_door, A) as member:
        page = (await member.get(DUTY)).text
        early = await _post(member, f"{DUTY}/shifts/{shift}/check-in", page)
        assert early.status_code == 409 and "不在签到时间内" in early.text
        asked = await _post(member, f"{DUTY}/shifts/{shift}/swap", page, person_id=str(second.person_id))
        assert asked.status_code == 303, asked.text
    async with await _fresh(own_door, B) as colleague:
        assert (await colleague.get(f"{DUTY}/shifts/{shift}/swap")).status_code == 403  # not the colleague's to give
        assert (await colleague.get(f"{DUTY}/shifts/{first.person_id}/swap")).status_code == 404
        page = (await colleague.get(DUTY)).text
        swap = page.split(f"{DUTY}/swaps/")[1].split('"')[0]
        assert (await _post(colleague, f"{DUTY}/swaps/{swap}", page, word="maybe")).status_code == 422
        assert (await _post(colleague, f"{DUTY}/swaps/{swap}", page, word="agree")).status_code == 303
    at(world, "2026-03-03", "12:10")
    async with await _fresh(own_door, B) as colleague:
        page = (await colleague.get(DUTY)).text
        signed = await _post(colleague, f"{DUTY}/shifts/{shift}/check-in", page)
        assert signed.status_code == 303, signed.text
        own = (await colleague.get(DUTY)).text
        assert "本人的值班补助" in own and "200.00" in own and "付款表 E1" in own
    at(world, "2026-04-01")
    async with await _fresh(own_door, "xgll.reviewer") as reviewer:
        page = (await reviewer.get(f"{DUTY}?month=2026-03-01")).text
        approved = await _post(reviewer, f"{DUTY}/approve", page, month="2026-03-01")
        assert approved.status_code == 303, approved.text
        page = (await reviewer.get(approved.headers["location"])).text
        pay = page.split(f"{DUTY}/pays/")[1].split('"')[0]
        assert "退回重审" in (await reviewer.get(f"{DUTY}/pays/{pay}")).text
        assert "200.00" in (await reviewer.get(f"{DUTY}.csv?month=2026-03-01")).text
        back = await _post(reviewer, f"{DUTY}/pays/{pay}", page, reason="核对签到记录")
        assert back.status_code == 303, back.text
    async with await _fresh(own_door, "xgll.director") as stranger:
        for address in (DUTY, f"{DUTY}.csv", f"{DUTY}/new", f"{DUTY}/pays/{pay}", f"{DUTY}/shifts/{shift}/late"):
            assert (await stranger.get(address)).status_code == 403, address


async def _fresh(door: Door, login: str) -> AsyncClient:
    """Signed in now: a session of last month has ended."""
    return door.client(cookies={cookies.SESSION: await door.sign_in(login)})


async def _duty_by_api(own_door: Door) -> None:
    world, api = own_door.world, "/api/v1/funding/duty"
    subject = await world.subject(A)
    shift = {"day": "2026-03-02", "part": "afternoon", "person_id": str(subject.person_id)}
    async with await own_door.program("xgll.daily") as manager:
        form = {"office_id": subject.office_id, "shifts": [shift]}
        made = await manager.post(f"{api}/shifts", json=form)
        assert made.status_code == 201, made.text
        shift_id = made.json()[0]["id"]
        entered = await manager.post(f"{api}/shifts/{shift_id}/late-entry", json={"reason": "系统停用"})
        assert entered.status_code == 409
        assert (await manager.get(f"{api}/pays")).status_code == 403
        assert (await manager.get(f"{api}/days")).json() == []
        for month in ("0001-01-01", "9999-12-31"):
            assert (await manager.get(f"{api}/days", params={"month": month})).status_code == 422
    async with await own_door.program(B) as colleague:
        assert (await colleague.post(f"{api}/shifts/{shift_id}/check-in")).json()["code"] == "not_your_shift"
        assert (await colleague.post(f"{api}/shifts/{shift_id}/cancel")).status_code == 403
    async with await own_door.program(A) as member:
        asked = await member.post(f"{api}/shifts/{shift_id}/swaps", json={"person_id": str(subject.person_id)})
        assert asked.status_code == 422
        other = str((await world.subject(B)).person_id)
        asked = await member.post(f"{api}/shifts/{shift_id}/swaps", json={"person_id": other})
        assert (await member.get(f"{api}/swaps")).json()[0]["mine"]
        assert (await member.post(f"{api}/swaps/{asked.json()['id']}/withdraw")).json()["state"] == "withdrawn"
        world.clock.advance(hours=1.5)
    async with own_door.bearing(await own_door.sign_in(A)) as member:
        signed = await member.post(f"{api}/shifts/{shift_id}/check-in")
        assert (signed.status_code, signed.json()["fen"], signed.json()["line"]) == (201, 20_000, "E1")
        assert signed.json()["kind"] == "half"
    async with own_door.bearing(await own_door.sign_in("xgll.reviewer")) as reviewer:
        early = await reviewer.post(f"{api}/sheets", json={"month": "2026-03-02"})
        assert early.status_code == 422 and early.json()["errors"][0]["rule"] == "not_over"


@pytest.mark.obligation("50")
async def test_batches_are_made_sent_and_reconciled_through_either_door_and_numbers_shown_to_the_cashier_alone(
    own_door: Door,
) -> None:
    """What March brought by the API, what April brought on the pages."""
    await _payments_by_api(own_door)
    await _payments_on_pages(own_door)


async def _payments_on_pages(own_door: Door) -> None:
    world = own_door.world
    await worked(world, (A, "2026-04-03", "whole"), (B, "2026-04-04", "whole"))
    at(world, "2026-05-01")
    await approve(world, "2026-04-01")
    await has_account(world, A)
    async with await _fresh(own_door, B) as member:
        page = (await member.get("/bank-account")).text
        wrong = await _post(member, "/bank-account", page, **{**ACCOUNT, "number": "622202x123456789"})
        assert wrong.status_code == 422 and "622202x" not in wrong.text
        assert (await _post(member, "/bank-account", page, **ACCOUNT)).status_code == 303
        assert ACCOUNT["number"] not in (await member.get("/bank-account")).text
        assert (await member.get(PAYMENTS)).status_code == 403
    async with await _fresh(own_door, "xgll.cashier") as cashier:
        page = (await cashier.get(PAYMENTS)).text
        names = [part.split('"')[0] for part in page.split('name="payouts" value="')[1:]]
        none = await _post(cashier, PAYMENTS, page)
        assert none.status_code == 422 and len(names) == 2
        unknown = await _post(cashier, PAYMENTS, none.text, payouts=["duty:1", "duty:2"])
        assert unknown.status_code == 422 and unknown.text.count("已不在待支付之列") == 1  # once for all ticked lines
        made = await _post(cashier, PAYMENTS, unknown.text, payouts=names)
        assert made.status_code == 303, made.text
        batch = made.headers["location"]
        page = (await cashier.get(batch)).text
        assert "待送银行" in page and ACCOUNT["number"] not in page
        file = await _post(cashier, f"{batch}/file", page, kind="csv")
        assert file.headers["cache-control"] == "no-store" and ACCOUNT["number"] in file.text
        rows = [line.split(",") for line in file.text.splitlines()[1:]]
        answer = "业务参考号,金额（元）,处理结果\n" + "".join(f"{row[0]},{row[5]},成功\n" for row in rows)
        wrong = await _answered(cashier, batch, page, answer + "P-1,1.00,成功\n")
        assert wrong.status_code == 422 and "第 4 行不是本批次的款项" in wrong.text and "已送银行" in wrong.text
        right = await _answered(cashier, batch, page, answer)
        assert right.status_code == 303, right.text
        page = (await cashier.get(batch)).text
        assert "全部支付" in page
        assert "已支付" in (await cashier.get(f"{batch}/report.csv")).text
        first, second = await world.subject(A), await world.subject(B)
        await _reveals(cashier, page, (first.name, second.name))
        assert first.name in (await cashier.get(f"{PAYMENTS}/payees/{first.person_id}")).text
        assert (await cashier.get(f"{PAYMENTS}/payees/{batch.split('/')[-1]}")).status_code == 404
        form = (await cashier.get(f"{PAYMENTS}/form")).text
        assert "收款人户名" in form and "交易成功" in form
    async with await _fresh(own_door, B) as member:
        seen = (await member.get("/bank-account")).text
        assert "生成银行文件" in seen


async def _answered(cashier: AsyncClient, batch: str, page: str, content: str) -> Response:
    token = page.split('name="_csrf_token" value="')[1].split('"')[0]
    file = {"file": ("a.csv", content.encode())}
    return await cashier.post(f"{batch}/answer", data={"_csrf_token": token}, files=file)


async def _reveals(cashier: AsyncClient, page: str, names: tuple[str, str]) -> None:
    """It is said whose number it is before and after it is shown."""
    account = page.split(f"{PAYMENTS}/accounts/")[1].split('"')[0]
    address = f"{PAYMENTS}/accounts/{account}"
    form = (await cashier.get(address)).text
    assert ACCOUNT["number"] not in form and any(name in form for name in names)
    shown = await _post(cashier, address, form, reason="银行来电核对户名")
    assert shown.status_code == 200 and ACCOUNT["number"] in shown.text
    assert any(name in shown.text for name in names)


async def _payments_by_api(own_door: Door) -> None:
    world, api = own_door.world, "/api/v1/funding/payments"
    await worked(world, (A, "2026-03-03", "whole"))
    at(world, "2026-04-01")
    await approve(world, "2026-03-01")
    person = (await world.subject(A)).person_id
    async with own_door.bearing(await own_door.sign_in("xgll.cashier")) as cashier:
        (due,) = (await cashier.get(f"{api}/due")).json()
        assert not due["has_account"]
        refused = await cashier.post(api, json={"payouts": [due["name"], due["name"], "duty:1"]})
        assert {(one["field"], one["rule"]) for one in refused.json()["errors"]} == {
            ("payouts.1", "twice"), ("payouts.2", "not_due"),
        }  # fmt: skip
        assert (await cashier.post(api, json={"payouts": [due["name"]]})).json()["errors"][0]["rule"] == "no_account"
        set_for = await cashier.put(f"{api}/payees/{person}", json=ACCOUNT)
        assert set_for.status_code == 200 and not set_for.json()["by_self"]
        made = await cashier.post(api, json={"payouts": [due["name"]]}, headers={"Idempotency-Key": "batch-1"})
        again = await cashier.post(api, json={"payouts": [due["name"]]}, headers={"Idempotency-Key": "batch-1"})
        assert made.status_code == 201 and again.json() == made.json()
        batch = made.json()["batch"]["id"]
        file = await cashier.post(f"{api}/{batch}/file", json={"kind": "xlsx"})
        assert file.status_code == 200 and file.content.startswith(b"PK")
        assert (await cashier.post(f"{api}/{batch}/drop")).status_code == 409
        account = made.json()["lines"][0]["account_id"]
        shown = await cashier.post(f"{api}/accounts/{account}/reveal", json={"reason": "核对户名"})
        assert shown.json() == {"number": ACCOUNT["number"]}
    async with own_door.bearing(await own_door.sign_in("xgll.reviewer")) as reviewer:
        for address in (api, f"{api}/due", f"{api}/{batch}", f"{api}/form"):
            assert (await reviewer.get(address)).status_code == 403, address
        assert (await reviewer.post(f"{api}/{batch}/file", json={})).status_code == 403
    async with own_door.bearing(await own_door.sign_in("xgll.auditor")) as auditor:
        read = (await auditor.get(f"{api}/{batch}")).json()
        assert read["lines"][0]["account"].startswith("****") and read["batch"]["fen"] == 20_000
        assert (await auditor.post(f"{api}/{batch}/answer", files={"file": ("a.csv", b"x")})).status_code == 403
    async with own_door.bearing(await own_door.sign_in(A)) as member:
        assert (await member.get("/api/v1/me/bank-account")).json()["masked"].endswith("0123")
        looks = (await member.get("/api/v1/me/bank-account/looks")).json()
        assert {one["for_batch"] for one in looks} == {False, True}
