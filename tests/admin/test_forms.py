"""The forms of the office: the domain's verbs in the administrator's scope, readable refusals, all on record."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from organisation.posts import RolesExclude
from tests.admin.seat import FORMS, TABLES, changes, one, refusal, signed_in, submit
from tests.door import Door
from tests.people import registration
from tests.world import World

WORKROOM = "香格里拉市人民调解工作室"
COMMITTEE = "香格里拉市物业纠纷人民调解委员会"


def done(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    said: str = answer.json()["custom_form_success"]
    return said


async def open_committee(admin: AsyncClient, name: str = COMMITTEE) -> str:
    return done(await submit(admin, "open-office", tenant="香格里拉市", kind="人民调解委员会", name=name))


async def invite(admin: AsyncClient, login: str, office: str = WORKROOM, role: str = "律师") -> str:
    """Returns the path of the link."""
    said = done(await submit(admin, "invite-person", name="和秀英", office=office, role=role, login=login))
    return said[said.index("/invitations/") :]


async def posts_in_force(world: World, login: str) -> list[str]:
    query = text(
        "select w.role from posts w join accounts a on a.person_id = w.person_id where a.login = :login"
        " and w.until is null order by w.role"
    )
    async with world.owner() as session:
        return list(await session.scalars(query, {"login": login}))


async def test_an_office_is_opened_and_closed_again_and_both_are_on_record(door: Door) -> None:
    author = await door.world.subject("diqing.admin")
    async with signed_in(door, "diqing.admin") as admin:
        said = await open_committee(admin)
        key = await one(door.world, "select id from offices where name = :name", name=COMMITTEE)
        assert said == f"已设立{COMMITTEE}，编号 {key}"
        assert done(await submit(admin, "close-office", office=str(key))) == f"{COMMITTEE}已撤销"
    assert await one(door.world, "select valid_to is not null from offices where id = :key", key=key)
    rows = await changes(door.world, "office", key)
    assert {row.action for row in rows} == {"tenant:manage"}
    county = (await door.world.subject("xgll.admin")).tenant_id
    assert {(row.actor, row.tenant_id) for row in rows} == {(author.actor, author.tenant_id), (author.actor, county)}
    assert {tuple(row.detail) for row in rows} == {("opened",), ("closed",)}


async def test_a_station_names_the_committee_that_posts_it(door: Door) -> None:
    window = {"tenant": "香格里拉市", "kind": "window", "name": "香格里拉市综治中心接待窗口"}
    async with signed_in(door, "xgll.admin") as admin:
        assert refusal(await submit(admin, "open-office", **window)) == (
            "派驻的人民调解委员会：请选择派驻的人民调解委员会"
        )
        committee = "驻香格里拉市信访局人民调解委员会"
        done(await submit(admin, "open-office", **window, committee=committee))
        assert refusal(await submit(admin, "open-office", **window, committee=committee)) == (
            "名称：这个单位已有同名机构"
        )
    posted = "select c.name from offices o join offices c on c.id = o.committee_id where o.name = :name"
    assert await one(door.world, posted, name=window["name"]) == committee


async def test_what_every_tenant_needs_is_not_closed(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        assert refusal(await submit(admin, "close-office", office=WORKROOM)) == "每个单位都要有的机构不能撤销"


async def test_an_office_with_posts_stations_or_cases_is_not_closed(door: Door) -> None:
    name = "香格里拉市交通纠纷人民调解委员会"
    async with signed_in(door, "xgll.admin") as admin:
        await open_committee(admin, name)
        await invite(admin, "he.traffic", name, "人民调解员")
        window = {"tenant": "香格里拉市", "kind": "信访接待窗口", "name": "香格里拉市交警大队接待窗口"}
        done(await submit(admin, "open-office", **window, committee=name))
        said = refusal(await submit(admin, "close-office", office=name))
        assert said == "机构还有在任的岗位、派驻的站点，不能撤销"
        done(await submit(admin, "end-post", person="he.traffic", office=name, role="人民调解员"))
        done(await submit(admin, "close-office", office=window["name"]))
        done(await submit(admin, "close-office", office=name))


async def test_an_office_that_holds_a_case_is_not_closed(door: Door) -> None:
    await door.world.register("jiantang.clerk", **await registration(door.world, persons=1))
    holder = await door.world.office("jiantang.clerk")
    async with signed_in(door, "xgll.admin") as admin:
        second = {"kind": "信访接待窗口", "name": "建塘镇第二接待窗口", "committee": "建塘镇人民调解委员会"}
        done(await submit(admin, "open-office", tenant="建塘镇", **second))
        said = refusal(await submit(admin, "close-office", office=str(holder)))
    assert said == "机构还有未归档的案件、在任的岗位，不能撤销"


async def test_an_invited_person_sets_a_password_and_signs_in_to_the_post(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        link = await invite(admin, "he.lawyer")
    async with door.client() as stranger:
        page = await stranger.get(link)
        assert page.status_code == 200 and "he.lawyer" in page.text
    assert await posts_in_force(door.world, "he.lawyer") == ["lawyer"]


async def test_an_invitation_that_fails_leaves_no_person_and_no_post(door: Door) -> None:
    count = "select (select count(*) from persons) + (select count(*) from posts) + (select count(*) from accounts)"
    before = await one(door.world, count)
    async with signed_in(door, "xgll.admin") as admin:
        form = {"name": "李某", "office": WORKROOM, "role": "律师", "login": "xgll.director"}
        assert refusal(await submit(admin, "invite-person", **form)) == "登录名：这个登录名已有人用"
        assert refusal(await submit(admin, "invite-person", **{**form, "login": "No Login"})) == "登录名：格式不对"
    assert await one(door.world, count) == before


async def test_a_forgotten_password_gets_a_new_link_and_a_person_without_account_gets_one(door: Door) -> None:
    async with signed_in(door, "diqing.admin") as admin:
        assert "/invitations/" in done(await submit(admin, "invite-again", person="xgll.lawyer"))
        nobody = text(
            "select p.name, p.id::text from persons p join posts w on w.person_id = p.id"
            " join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id where t.prefecture_id = :tenant"
            " and not exists (select from accounts a where a.person_id = p.id) limit 1"
        )
        tenant = (await door.world.subject("diqing.admin")).tenant_id
        async with door.world.owner() as session:
            person = (await session.execute(nobody, {"tenant": tenant})).first()
        assert person is not None
        assert refusal(await submit(admin, "invite-again", person=person[1])) == "登录名：请填写"
        done(await submit(admin, "invite-again", person=person[1], login="first.account"))
    assert await one(door.world, "select person_id::text from accounts where login = 'first.account'") == person[1]


async def test_posts_are_given_and_ended_with_effect_at_once(door: Door) -> None:
    post = {"person": "xgll.lawyer", "office": WORKROOM, "role": "会诊专家"}
    async with signed_in(door, "xgll.admin") as admin:
        assert done(await submit(admin, "give-post", **post)) == "岗位已设，自现在起"
        assert await posts_in_force(door.world, "xgll.lawyer") == ["lawyer", "panel_expert"]
        assert done(await submit(admin, "end-post", **post)) == "岗位已撤，自现在起"
        assert refusal(await submit(admin, "end-post", **post)) == "岗位：此人在这个机构没有这个岗位"
    assert await posts_in_force(door.world, "xgll.lawyer") == ["lawyer"]
    key = await one(door.world, "select id from posts where role = 'panel_expert' and until is not null limit 1")
    assert {row.action for row in await changes(door.world, "post", key)} == {"account:manage"}


async def test_administration_and_casework_exclude_each_other_and_the_form_says_so(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        given = await submit(admin, "give-post", person="xgll.lawyer", office=WORKROOM, role="系统管理员")
        assert refusal(given) == RolesExclude.message
        own = await submit(admin, "give-post", person="xgll.admin", office=WORKROOM, role="律师")
        assert refusal(own) == "不能给自己设岗位或撤岗位"


async def test_a_refused_right_is_on_record(door: Door) -> None:
    path = f"{FORMS}give-post/"
    async with signed_in(door, "xgll.admin") as admin:
        await submit(admin, "give-post", person="xgll.admin", office=WORKROOM, role="律师")
    rows = await changes(door.world, "path", path)
    assert rows and rows[-1].outcome == "refused" and rows[-1].detail["code"] == "own_post"


async def test_a_role_that_is_none_is_answered_with_those_that_are(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        said = refusal(await submit(admin, "give-post", person="xgll.lawyer", office=WORKROOM, role="局长"))
    assert said.startswith("岗位：请填其中之一：信访联系点联络员、") and "出纳" in said
    async with signed_in(door, "xgll.admin", "en") as admin:
        said = refusal(await submit(admin, "open-office", tenant="香格里拉市", kind="x", name="测试"))
    assert said.endswith(", Petition contact point") and "、" not in said, "a list in English has English marks"


async def test_a_profession_is_said_in_words_and_kept_as_what_a_team_asks_for(door: Door) -> None:
    person = {"name": "和建国", "office": WORKROOM, "role": "律师", "login": "he.professional"}
    async with signed_in(door, "xgll.admin") as admin:
        said = refusal(await submit(admin, "invite-person", **person, profession="医生"))
        assert said.startswith("职业：请填其中之一：人民调解员、律师、")
        done(await submit(admin, "invite-person", **person, profession="律师"))
        row = (await admin.get(f"{TABLES}subtree_persons/", params={"name": "和建国"})).json()["rows"][0]
    assert row["profession"] == "lawyer"


async def test_inviting_again_does_not_change_a_login_in_silence(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        said = refusal(await submit(admin, "invite-again", person="xgll.director", login="other.login"))
    assert said == "登录名：此人已有账号，登录名是 xgll.director"


async def test_an_account_is_closed_and_opened(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        assert done(await submit(admin, "disable-account", login="xgll.forensic")) == "账号已停用，其会话随即结束"
        async with door.client() as client:
            refused = await client.post("/api/v1/sessions", json={"login": "xgll.forensic", "password": "any"})
            assert refused.status_code == 401
        assert await one(door.world, "select disabled_at is not null from accounts where login = 'xgll.forensic'")
        assert done(await submit(admin, "enable-account", login="xgll.forensic")) == "账号已启用"
    assert await one(door.world, "select disabled_at is null from accounts where login = 'xgll.forensic'")


BODIES: tuple[Any, ...] = ({}, {"office": 5}, {"office": ["x"]}, {"office": {"a": 1}}, {"office": "x" * 500},
                           {"office": "\x00"}, {"office": "'; drop table offices"}, {"office": "%"})  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=str)
async def test_whatever_a_form_is_sent_comes_back_as_a_named_refusal(door: Door, body: Any) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        for form in ("open-office", "close-office", "give-post", "end-post", "invite-person", "invite-again"):
            assert not refusal(await submit(admin, form, **body)).isascii()


async def test_a_body_that_is_no_form_at_all_is_refused(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        for content in ("[]", "nonsense", '"text"', "", "null"):
            answer = await admin.post(f"{FORMS}close-office/", content=content)
            assert answer.status_code == 422, content
        assert (await admin.post(f"{FORMS}close-office/", content="x" * 100_000)).status_code == 413
        assert (await submit(admin, "no-such-form")).status_code == 404
        admin.headers["X-CSRFToken"] = "forged"
        assert (await submit(admin, "close-office", office=WORKROOM)).status_code == 403


async def test_where_an_office_is_reached_is_recorded_and_corrected_and_a_wrong_telephone_is_named(door: Door) -> None:
    form = {"office": WORKROOM, "address": "香格里拉市某路一号"}
    async with signed_in(door, "xgll.admin") as admin:
        assert "办公电话" in refusal(await submit(admin, "record-contact", **form, telephone="请问前台"))
        for telephone in ("000-1234567", "000-7654321"):
            assert done(await submit(admin, "record-contact", **form, telephone=telephone)).startswith("已登记")
    told = "select telephone from office_contacts c join offices o on o.id = c.office_id where o.name = :name"
    assert await one(door.world, told, name=WORKROOM) == "000-7654321"
