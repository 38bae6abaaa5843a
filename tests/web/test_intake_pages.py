"""The pages of the intake: upload, columns, dry run, outcome; the office's own, and without anybody's particulars."""

import re
from uuid import UUID, uuid4

from httpx import Response

from foundation import cookies
from handover.intake_job import on_confirmed
from tests.handover.outside import TITLES, csv_of, line
from tests.handover.test_intake import DIRECTOR, told_of
from tests.web.conftest import Browser
from tests.world import World

PERSON = ("和玉兰", "13988700001")
FORM: dict[str, str | list[str]] = {"system": "某县信访台账", "sender": "某县信访局", "sent_on": "2026-02-27"}


async def upload(browser: Browser, content: bytes, **changes: str) -> Response:
    await browser.get("/intakes")
    token = browser.client.cookies[cookies.CSRF]
    files = {"file": ("在办案件.csv", content, "text/csv")}
    return await browser.client.post("/intakes", data={"_csrf_token": token, **FORM, **changes}, files=files)


def as_guessed(page: str) -> dict[str, str | list[str]]:
    """What the page would send if nobody touched it."""
    found: dict[str, str | list[str]] = {}
    for name, inner in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    for name, value in re.findall(r'<input type="hidden" name="(word\.[^"]+)" value="([^"]*)"', page):
        found[name] = value
    for name, value in re.findall(r'type="text" name="((?:values|fixed)\.[^"]+)"[^>]*value="([^"]*)"', page):
        found[name] = value
    return found


async def test_a_file_goes_from_upload_to_cases_and_its_words_are_explained_on_the_way(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(DIRECTOR)
    titles = ["相邻类" if title == "纠纷类型" else title for title in TITLES]
    content = csv_of([line(编号="W1", 纠纷类型="院墙之争"), line(编号="W2", 纠纷类型="院墙之争")], titles)
    answer = await upload(browser, content)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].removesuffix("/mapping")
    page = (await browser.get(f"{address}/mapping")).text
    assert "13988700001" not in page and "1398…" in page, "a glimpse tells the column, not the person"
    typed = as_guessed(page)
    assert typed["columns.0"] == "outside_no" and typed["columns.5"] == ""
    refused = await browser.send(f"{address}/mapping", {**typed, "then": "check"})
    assert refused.status_code == 422 and "必须对应一列或者填写统一的值" in refused.text
    twice = await browser.send(f"{address}/mapping", {**typed, "columns.5": "place", "then": "save"})
    assert twice.status_code == 422 and "两列不能对应同一项" in twice.text
    beyond = await browser.send(f"{address}/mapping", {**typed, "columns.2": "", "columns.500": "state"})
    assert beyond.status_code == 422, "a column that the file does not have"
    await browser.send(f"{address}/mapping", {**typed, "columns.5": "dispute_type", "then": "save"})
    page = (await browser.get(f"{address}/mapping")).text
    assert "院墙之争" in page and "还没有对应" in page
    typed = {**as_guessed(page), "values.dispute_type.0": "2", "keep_as": "县台账", "then": "check"}
    assert (await browser.send(f"{address}/mapping", typed)).headers["location"] == address
    report = (await browser.get(address)).text
    assert "没有错误" in report and "邻里纠纷" in report and "W1" in report
    assert not any(word in report for word in PERSON)
    assert (await browser.send(f"{address}/confirm", {})).status_code == 303
    assert "正在接入" in (await browser.get(address)).text
    await on_confirmed(world.store, await told_of(world, UUID(address.rpartition("/")[2])))
    outcome = (await browser.get(address)).text
    assert "已接入" in outcome and "W2" in outcome
    case = re.search(r'href="(/cases/[0-9a-f-]{36})"', outcome)
    assert case is not None
    shown = (await browser.get(case[1])).text
    assert "接自外部系统" in shown and "某县信访台账" in shown and "外部系统移交接入" in shown
    chain = shown[shown.index("案件走过的机构") :]
    assert chain.index("外部系统 某县信访台账") < chain.index("香格里拉市人民调解工作室")
    found = await browser.get("/cases?number=W2")
    assert found.status_code == 303 and found.headers["location"].startswith("/cases/")
    again = (await upload(browser, csv_of([line(编号="W3", 纠纷类型="院墙之争")], titles))).headers["location"]
    kept = re.search(r'<option value="([0-9a-f-]{36})">县台账', (await browser.get(again)).text)
    assert kept is not None
    await browser.send(again.replace("/mapping", "/use"), {"mapping_id": kept[1]})
    assert as_guessed((await browser.get(again)).text)["columns.5"] == "dispute_type"


async def test_what_is_wrong_is_said_at_its_line_and_taken_away_as_a_file_without_a_cell_of_it(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(DIRECTOR)
    missing = await browser.send("/intakes", FORM)
    assert missing.status_code == 422 and "请选择文件" in missing.text
    broken = await upload(browser, b"", sent_on="2031-01-01")
    assert broken.status_code == 422 and "日期不得晚于今天" in broken.text
    answer = await upload(browser, csv_of([line(编号="B1", 联系电话="12"), line(编号="B2")]))
    address = answer.headers["location"].removesuffix("/mapping")
    typed = as_guessed((await browser.get(f"{address}/mapping")).text)
    await browser.send(f"{address}/mapping", {**typed, "then": "check"})
    report = (await browser.get(address)).text
    assert "有 1 处错误" in report and "/confirm" not in report
    file = await browser.get(f"{address}/errors.csv")
    assert file.headers["cache-control"] == "no-store"
    assert "2,信访人电话,电话号码不对" in file.text and not any(word in file.text for word in PERSON)
    assert (await browser.send(f"{address}/confirm", {})).status_code == 409
    assert (await browser.send(f"{address}/drop", {})).headers["location"] == "/intakes"
    assert "已放弃" in (await browser.get("/intakes")).text
    assert (await browser.get(f"{address}/mapping")).status_code == 409


async def test_what_is_beyond_registration_a_second_person_confirms_who_uploads_nothing(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(DIRECTOR)
    address = (
        (await upload(browser, csv_of([line(编号="D1", 状态="评析中")]))).headers["location"].removesuffix("/mapping")
    )
    typed = as_guessed((await browser.get(f"{address}/mapping")).text)
    await browser.send(f"{address}/mapping", {**typed, "then": "check"})
    report = (await browser.get(address)).text
    assert "另一人" in report and "/confirm" not in report
    refused = await browser.send(f"{address}/confirm", {})
    assert refused.status_code == 403
    browser.client.cookies.clear()
    await browser.sign_in("xgll.deputy")
    listed = (await browser.get("/intakes")).text
    assert address in listed and "上传文件" not in listed
    report = (await browser.get(address)).text
    assert "/confirm" in report and "/drop" not in report and "/mapping" not in report
    assert (await browser.get(f"{address}/mapping")).status_code == 403
    assert (await browser.send(f"{address}/confirm", {})).status_code == 303


async def test_strangers_find_no_file_and_who_takes_nothing_in_is_refused(browser: Browser, world: World) -> None:
    """Beside and above alike; the list is each office's own."""
    await browser.sign_in(DIRECTOR)
    answer = await upload(browser, csv_of([line(编号="S1")]))
    number = answer.headers["location"].split("/")[2]
    reading = ("", "/mapping", "/errors.csv")
    writing = ("/mapping", "/use", "/confirm", "/drop")
    for login, status in (("diqing.director", 404), ("xgll.chair", 404), ("xgll.intake", 403), ("diqing.lgo", 403)):
        browser.client.cookies.clear()
        await browser.sign_in(login)
        assert [(await browser.get(f"/intakes/{number}{one}")).status_code for one in reading] == [status] * 3
        sent = [await browser.send(f"/intakes/{number}{one}", {"mapping_id": str(uuid4())}) for one in writing]
        assert [one.status_code for one in sent] == [status] * 4
        listed = await browser.get("/intakes")
        assert number not in listed.text and listed.status_code == (200 if status == 404 else 403)
        assert (await browser.send("/intakes", FORM)).status_code == (422 if status == 404 else 403)
