"""Plans for the tree as pages: drafted by form, weighed with before and after, decided by others than the drafter."""

from tests.web.conftest import Browser

LINE: dict[str, str | list[str]] = {"changes.0.operation": "move", "changes.0.code": "533401100"}
HEAD: dict[str, str | list[str]] = {"effective_on": "2026-09-01", "ground": "云政复〔2026〕7号"}


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


async def test_a_plan_is_drafted_by_form_shown_before_and_after_and_decided_by_others(browser: Browser) -> None:
    await browser.sign_in("diqing.admin")
    assert "区划调整" in (await browser.get("/tree-plans")).text
    empty = (await browser.get("/tree-plans/new")).text
    assert "上级单位代码、接收方联系方式" in empty
    assert 'value="" name="changes.0.members"' in " ".join(empty.split()), "no code stands in the box of the members"
    wrong = await browser.send("/tree-plans/new", HEAD | LINE | {"changes.0.parent_code": "533499"})
    assert wrong.status_code == 422 and "组织树中没有这个代码：533499" in wrong.text
    assert 'id="f-changes-0-parent_code-error"' in wrong.text
    assert str(HEAD["ground"]) in wrong.text, "nothing typed is lost"
    split = LINE | {
        "changes.0.operation": "split", "changes.0.code": "533401", "changes.0.name": "新设县", "changes.0.kind": "县",
        "changes.0.new_code": "533424", "changes.0.members": "533401101， 533422100",
    }  # fmt: skip
    member = await browser.send("/tree-plans/new", HEAD | split)
    assert member.status_code == 422 and 'value="533401101 533422100"' in member.text
    assert 'id="f-changes-0-members-error"' in member.text, "what is wrong with one of them stands at their box"

    made = await browser.send("/tree-plans/new", HEAD | LINE | {"changes.0.parent_code": "533422"})
    assert made.status_code == 303
    plan = made.headers["location"]
    shown = (await browser.get(plan)).text
    before, after = shown.split("调整前</h3>")[1].split("调整后</h3>")
    assert "香格里拉市" in before and "<strong>建塘镇</strong>" in before and "德钦县" not in before
    assert "德钦县" in after.split("</ul>")[0] and "香格里拉市" not in after.split("</ul>")[0]
    assert "在办案件" in shown and "/cases" not in shown.split("<main")[1], "who plans sees no case"
    assert f"{plan}/approve" not in shown and "还须 2 人批准" in shown
    own = await browser.send(f"{plan}/approve", {"version": "1"})
    assert own.status_code == 403 and "起草人不能批准自己的方案" in own.text

    await browser.sign_in("yunnan.security")
    stale = await browser.send(f"{plan}/approve", {"version": "7"})
    assert stale.status_code == 412 and "还须 2 人批准" in stale.text
    assert (await browser.send(f"{plan}/approve", {"version": "1"})).status_code == 303
    shown = (await browser.get(plan)).text
    assert "还须 1 人批准" in shown and f"{plan}/approve" not in shown, "one word a person"

    await browser.sign_in("yunnan.security2")
    version = hidden((await browser.get(plan)).text, "version")
    silent = await browser.send(f"{plan}/refuse", {"version": version, "reason": ""})
    assert silent.status_code == 422 and 'id="f-reason-error"' in silent.text
    assert (await browser.send(f"{plan}/refuse", {"version": version, "reason": "文号有误"})).status_code == 303
    browser.speak("en")
    ended = (await browser.get(plan)).text
    assert "文号有误" in ended and "Before and after" not in ended and "Withdraw the plan" not in ended


async def test_a_plan_is_read_by_who_plans_or_oversees_above_it_and_by_nobody_else(browser: Browser) -> None:
    await browser.sign_in("diqing.admin")
    line = LINE | {"changes.0.code": "533401101", "changes.0.parent_code": "533422"}
    plan = (await browser.send("/tree-plans/new", HEAD | line)).headers["location"]
    for login, status in (("xgll.admin", 404), ("jiantang.clerk", 403), ("diqing.supervisor", 200)):
        await browser.sign_in(login)
        assert (await browser.get(plan)).status_code == status, login
        listed = await browser.get("/tree-plans")
        assert (plan in listed.text) is (status == 200), login
    assert "其中您可以查看的案件" in (await browser.get(plan)).text
    assert (await browser.get(f"{plan}/cases")).status_code == 200
    await browser.sign_in("diqing.admin")
    version = hidden((await browser.get(plan)).text, "version")
    assert (await browser.send(f"{plan}/withdraw", {"version": version, "reason": "另行起草"})).status_code == 303
    assert "已撤回" in (await browser.get(plan)).text


async def test_the_tree_of_a_day_is_read_day_by_day_and_a_wrong_day_is_told(browser: Browser) -> None:
    await browser.sign_in("jiantang.clerk")
    tenant = "/tree/144"
    now = (await browser.get(tenant)).text
    assert "<h1>香格里拉市</h1>" in now and "沿革" in now and "533401" in now
    then = (await browser.get(f"{tenant}?on=2026-03-01")).text
    assert "这是" in then and "建塘镇" in then and "?on=2026-03-01" in then
    for typed, told in (("2026-13-01", "请填日期"), ("2027-01-01", "不得晚于今天"), ("1999-01-01", "没有记录")):
        wrong = await browser.get(f"{tenant}?on={typed}")
        assert wrong.status_code == 422 and told in wrong.text, typed
    found = (await browser.get("/tree?words=533401100")).text
    assert "建塘镇" in found.split("查找结果")[1].split("</section>")[0]
