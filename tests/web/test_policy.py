"""The pages of the rules, as a browser without scripts sees them."""

import re
from urllib.parse import urlencode

from policies.rules import FILE
from tests.policies.drafting import FIRST, PREFECTURE, ROWS, SECOND
from tests.web.conftest import Browser

DRAFT = re.compile(r'href="(/policy/drafts/[0-9a-f-]{36})"')
VERSION = re.compile(r'name="version" value="(\d+)"')
NEW: dict[str, str | list[str]] = {
    "no": "64", "zh": "档案员可写备注", "en": "An archivist writes notes", "basis": "试验", "condition": "",
    "roles": ["archivist"], "tiers": ["C"], "relations": ["holds"], "actions": ["case:note"], "replaces": "",
}  # fmt: skip
PROGRAM = FILE.read_text(encoding="utf-8")


async def opened(browser: Browser, title: str = "档案员需要写备注") -> str:
    """The address of a new draft."""
    answer = await browser.send("/policy/drafts", {"title": title})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def version(browser: Browser, draft: str) -> str:
    return str(VERSION.findall((await browser.get(draft)).text)[0])


async def saved(browser: Browser, draft: str, **other: str | list[str]) -> None:
    answer = await browser.send(f"{draft}/row", {**NEW, "version": await version(browser, draft), **other})
    assert answer.headers.get("location") == draft, answer.text


async def dropped(browser: Browser, draft: str) -> None:
    answer = await browser.send(f"{draft}/withdraw", {"version": await version(browser, draft)})
    assert answer.headers["location"] == "/policy"


async def test_everybody_reads_rules_and_matrix_and_only_the_keepers_see_drafts(browser: Browser) -> None:
    await browser.sign_in("xgll.director")
    home = (await browser.get("/policy")).text
    assert "随程序提供的规则" in home or "现行：第" in home
    assert "规则草案" not in home and 'action="/policy/drafts"' not in home
    rules = (await browser.get("/policy/rules")).text
    assert all(f'id="rule-{no}"' in rules for no in ROWS)
    assert "人民调解工作室主任" in rules and "州市看办理过程，不看身份" in rules
    assert (await browser.get("/policy/drafts/019cacb3-f200-74aa-a884-5146392a7bb5")).status_code == 403
    browser.speak("en")
    assert "A prefecture sees the process, not the persons" in (await browser.get("/policy/rules")).text


async def test_the_matrix_shows_both_signs_with_rule_and_sentence(browser: Browser) -> None:
    await browser.sign_in("xgll.director")
    whole = await browser.get("/policy/matrix")
    assert whole.status_code == 200 and len(whole.content) < 500_000
    page = (await browser.get("/policy/matrix?role=archivist")).text
    assert re.search(r'<a href="#rule-52">✓ 52</a>', page) and 'class="refused">✗' in page
    assert '<dt id="rule-52">52</dt>' in page and "档案员立卷归档" in page
    assert "style=" not in page, "the content security policy allows no inline style"
    everything = await browser.get("/policy/matrix?" + urlencode({"role": "archivist", "whole": "1"}))
    assert len(everything.content) < 1_500_000 and everything.text.count('class="refused"') > 2000
    for part in ("relation=oversees", "action=case:read", "tier=C", "role=nobody", "role=sysadmin&relation=holds"):
        assert (await browser.get(f"/policy/matrix?{part}")).status_code == 200, part
    sheet = await browser.get("/policy/matrix.xlsx")
    assert sheet.headers["content-type"].endswith("sheet") and sheet.content[:2] == b"PK"
    assert "岗位" in (await browser.get("/policy/matrix.csv")).text


async def test_a_rule_is_written_judged_and_removed_in_a_draft(browser: Browser) -> None:
    await browser.sign_in(FIRST)
    draft = await opened(browser)
    form = (await browser.get(f"{draft}/row?no=1")).text
    assert 'value="contact_person" checked' in form and "信访联系点联络员" in form
    await saved(browser, draft)
    page = (await browser.get(draft)).text
    assert "档案员可写备注" in page and "新增" in page
    what = (await browser.get(f"{draft}/what-if")).text
    assert "开放 1 项、收紧 0 项权限" in what and "档案员" in what and "写内部备注" in what
    assert "现在" in what or "涉及人员" in what
    matrix = (await browser.get(f"/policy/matrix?role=archivist&draft={draft.rpartition('/')[2]}")).text
    assert '<a href="#rule-64">✓ 64</a>' in matrix
    removed = await browser.send(f"{draft}/remove", {"replaces": "64", "version": await version(browser, draft)})
    assert removed.headers["location"] == draft
    assert "没有改动" in (await browser.get(draft)).text
    await dropped(browser, draft)


async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(browser: Browser) -> None:
    await browser.sign_in(FIRST)
    draft = await opened(browser)
    wrong: dict[str, str | list[str]] = {
        **NEW,
        "no": "1",
        "en": "",
        "relations": [],
        "roles": ["any_staff", "archivist"],
    }
    answer = await browser.send(f"{draft}/row", {**wrong, "version": "1"})
    assert answer.status_code == 422
    assert 'id="f-en-error"' in answer.text and "档案员可写备注" in answer.text
    answer = await browser.send(f"{draft}/row", {**wrong, "en": "x", "no": "64", "version": "1"})
    assert answer.status_code == 422
    for column in ("roles", "relations"):
        assert f'id="f-{column}-error"' in answer.text, column
    taken = await browser.send(f"{draft}/row", {**NEW, "no": "1", "version": "1"})
    assert taken.status_code == 422 and "编号 1 的规则出现两次" in taken.text
    stale = await browser.send(f"{draft}/row", {**NEW, "version": "7"})
    assert stale.status_code == 412 and "内容已被他人更改" in stale.text and 'value="64"' in stale.text
    await dropped(browser, draft)


async def test_a_file_is_taken_or_refused_with_its_lines(browser: Browser) -> None:
    await browser.sign_in(FIRST)
    draft = await opened(browser)
    sent = (await browser.get(f"{draft}/rules.csv")).content.decode("utf-8-sig")
    assert sent.count("\n") == PROGRAM.count("\n")  # another test of this worker may have made an edition
    token = await csrf(browser, draft)
    for content, status, said in (
        (
            sent.replace("window_clerk", "window_cleark", 1).encode(),
            422,
            "第 3 行：roles 列中有无法识别的词：window_cleark",
        ),
        (b"\xff\xfe\x00", 422, "请上传 UTF-8 编码的 CSV 文件"),
        (b"", 422, "没有任何规则"),
        ((sent.splitlines()[0] + "\n").encode(), 422, "没有任何规则"),
        (sent.replace("窗口人员办理本人登记的接谈", "窗口人员负责本人登记的接谈").encode(), 303, ""),
    ):
        fields = {"_csrf_token": token, "version": await version(browser, draft)}
        answer = await browser.client.post(
            f"{draft}/upload", data=fields, files={"file": ("rules.csv", content, "text/csv")}
        )
        assert answer.status_code == status and said in answer.text, answer.text
    assert "窗口人员负责本人登记的接谈" in (await browser.get(draft)).text
    await dropped(browser, draft)


async def test_an_english_page_has_no_chinese_colon_in_its_refusals(browser: Browser) -> None:
    await browser.sign_in(FIRST)
    browser.speak("en")
    answer = await browser.send("/policy/drafts", {"title": "x"})
    assert answer.status_code == 422 and "</a>: At least 2 characters" in answer.text
    assert "：" not in answer.text


async def csrf(browser: Browser, address: str) -> str:
    page = (await browser.get(address)).text
    return str(re.findall(r'name="_csrf_token" value="([^"]+)"', page)[0])


async def test_a_second_person_sees_what_it_does_and_approves_with_a_reason(browser: Browser) -> None:
    """Only a sentence is changed, for the other tests meet this edition."""
    await browser.sign_in(PREFECTURE)
    draft = await opened(browser, "用语更准确")
    row = ROWS["9"]
    given: dict[str, str | list[str]] = {name: getattr(row, name) for name in NEW if name != "replaces"}
    await saved(
        browser,
        draft,
        **{**given, "fields": row.fields, "en": "An intake officer handles what they registered", "replaces": "9"},
    )
    own = await browser.get(f"{draft}/approve")
    assert 'name="reason"' not in own.text and "须由另一名省级安全管理员批准" in own.text
    refused = await browser.send(f"{draft}/approve", {"reason": "我自己批准", "version": await version(browser, draft)})
    assert refused.status_code == 403
    browser.client.cookies.clear()
    await browser.sign_in(SECOND)
    page = (await browser.get(f"{draft}/approve")).text
    assert "只改文字的规则" in page and 'name="reason"' in page
    given_version = VERSION.findall(page)[0]
    empty = await browser.send(f"{draft}/approve", {"reason": "", "version": given_version})
    assert empty.status_code == 422 and 'id="f-reason-error"' in empty.text
    done = await browser.send(f"{draft}/approve", {"reason": "用语更准确，同意", "version": given_version})
    assert done.status_code == 303, done.text
    edition = (await browser.get(done.headers["location"])).text
    assert "用语更准确，同意" in edition and "An intake officer handles what they registered" in edition
    assert "没有草案" not in (home := (await browser.get("/policy")).text) and "用语更准确" in home
    again = await browser.send(f"{draft}/approve", {"reason": "再批准一次", "version": given_version})
    assert again.status_code == 409 and "已批准或已撤回" in again.text


async def test_an_earlier_edition_comes_back_as_a_draft(browser: Browser) -> None:
    await browser.sign_in(FIRST)
    refused = await browser.send("/policy/editions/0/roll-back", {"title": ""})
    assert refused.status_code == 422
    answer = await browser.send("/policy/editions/0/roll-back", {"title": "恢复程序自带的规则"})
    assert answer.status_code == 303
    await dropped(browser, answer.headers["location"])
    for address in ("/policy/editions/99999", "/policy/editions/0?earlier=x", "/policy/drafts/x"):
        assert (await browser.get(address)).status_code == 404, address


async def test_nobody_else_gets_anything_of_a_draft(browser: Browser) -> None:
    """A stranger is sent to sign in, a member gets 403; what was drafted stands in no answer."""
    canary = "未公布的修改意图"
    await browser.sign_in(FIRST)
    draft = await opened(browser, canary)
    await saved(browser, draft, zh=canary)
    pages = ("", "/what-if", "/approve", "/row", "/row?no=64", "/rules.csv")
    forms = ("/row", "/remove", "/upload", "/rebase", "/withdraw", "/approve")
    number = draft.rpartition("/")[2]
    for login in ("", "xgll.director", "yunnan.admin"):
        browser.client.cookies.clear()
        if login:
            await browser.sign_in(login)
        reads = [await browser.get(draft + page) for page in pages]
        reads += [await browser.get(f"/policy/matrix{form}?draft={number}") for form in ("", ".xlsx", ".csv")]
        writes = [await browser.send(draft + form, {**NEW, "version": "2", "reason": "同意修改"}) for form in forms]
        writes.append(await browser.send("/policy/drafts", {"title": "试一试"}))
        writes.append(await browser.send("/policy/editions/0/roll-back", {"title": "试一试"}))
        for answer in (*reads, *writes):
            assert answer.status_code == (403 if login else 303), (login, answer.url)
            assert canary not in answer.text, (login, answer.url)
        if login:
            assert canary not in (await browser.get("/policy")).text
    browser.client.cookies.clear()
    await browser.sign_in(FIRST)
    assert (await browser.get("/policy/drafts/019cacb3-f200-74aa-a884-5146392a7bb5")).status_code == 404
    await dropped(browser, draft)
