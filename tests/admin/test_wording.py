"""People read titles in their language; addresses take them back. Piccolo's own names stay inside."""

from typing import Any

from admin.wording import TABLES, inward, shown
from tests.admin.seat import FORMS, signed_in
from tests.admin.seat import TABLES as ADDRESS
from tests.door import Door


async def menus(door: Door, language: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    async with signed_in(door, "diqing.admin", language) as admin:
        tables = (await admin.get(f"{ADDRESS}grouped/")).json()["grouped"]
        forms = (await admin.get(f"{FORMS}grouped/")).json()["grouped"]
    return tables, {group: [form["name"] for form in found] for group, found in forms.items()}


async def test_the_menus_are_in_the_readers_language(door: Door) -> None:
    tables, forms = await menus(door, "zh")
    assert set(tables) == {"基础数据", "组织与人员"} and set(forms) == {"机构", "人员和岗位", "人员情况", "账号"}
    assert forms["人员和岗位"] == ["邀请新人员", "设岗", "撤岗"]
    tables, forms = await menus(door, "en")
    assert tables["Organisation and people"] == ["User_accounts", "Offices", "People", "Posts", "Tenants"]
    assert forms["People and posts"] == ["Invite a new person", "Give a post", "End a post"]


async def test_a_tables_title_is_its_address_in_both_languages(door: Door) -> None:
    for name in TABLES:
        for title in (shown(name, "zh"), shown(name, "en"), name):
            assert inward(f"/api/tables/{title}/count/") == f"/api/tables/{name}/count/"
    async with signed_in(door, "diqing.admin") as admin:
        counts = {(await admin.get(f"{ADDRESS}{title}/count/")).json()["count"] for title in ("岗位名册", "Posts")}
        assert len(counts) == 1
        assert (await admin.get(f"{ADDRESS}accounts/count/")).status_code == 404


async def schema(door: Door, language: str, table: str) -> dict[str, Any]:
    async with signed_in(door, "diqing.admin", language) as admin:
        found: dict[str, Any] = (await admin.get(f"{ADDRESS}{table}/schema/")).json()
    return found


async def test_columns_their_help_choices_and_links_are_said_in_the_readers_language(door: Door) -> None:
    chinese, english = await schema(door, "zh", "岗位名册"), await schema(door, "en", "Posts")
    titles = [[column["title"] for column in one["properties"].values()] for one in (chinese, english)]
    assert titles == [
        ["人员", "机构", "岗位", "任职自", "任职至", "状态", "未获确认的理由"],
        ["Person", "Office", "Post", "In post from", "In post until", "State", "Why not confirmed"],
    ]
    role = english["properties"]["role"]["extra"]
    assert role["help_text"] == "does what"
    assert {"display_name": "System administrator", "value": "sysadmin"} in role["choices"].values()
    assert english["properties"]["office_id"]["extra"]["foreign_key"]["to"] == "Offices"
    assert chinese["extra"]["help_text"].startswith("本级及以下的岗位")


async def test_a_forms_lines_bear_title_and_help(door: Door) -> None:
    async with signed_in(door, "diqing.admin") as admin:
        found = (await admin.get(f"{FORMS}open-office/schema/")).json()["properties"]
    assert [line["title"] for line in found.values()] == [
        "所属单位 *（单位的全名或编号，见单位名册）",
        "类别 *（人民调解委员会、信访接待窗口或信访联系点）",
        "名称 *",
        "派驻的人民调解委员会（全名或编号；窗口和联系点必须填）",
        "调委会类别（设立调委会时填，如 行业性人民调解委员会）",
    ]
    async with signed_in(door, "diqing.admin", "en") as admin:
        found = (await admin.get(f"{FORMS}close-office/schema/")).json()["properties"]
    assert [line["title"] for line in found.values()] == ["Office * (full name or number of the office, see Offices)"]


async def test_piccolos_own_words_begin_in_the_readers_language(door: Door) -> None:
    for language, code in (("zh", "zh-CN"), ("en", "en")):
        async with signed_in(door, "diqing.admin", language) as admin:
            assert (await admin.get("/admin/public/translations/")).json()["default_language_code"] == code
            assert ("调解" in (await admin.get("/admin/public/meta/")).json()["site_name"]) is (language == "zh")


async def test_refusals_are_in_the_readers_language(door: Door) -> None:
    async with signed_in(door, "diqing.admin", "en") as admin:
        refused = await admin.post(f"{FORMS}close-office/", json={"office": "nowhere"})
        assert refused.json() == {"custom_form_error": "Office: not found in your tenant or below"}
        assert (await admin.delete(f"{ADDRESS}dispute_types/8/")).text.startswith("What the whole province shares")
