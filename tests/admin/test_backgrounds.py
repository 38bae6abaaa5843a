"""What the office records of people who may sit on teams, and the library of statutes."""

from sqlalchemy import text

from tests.admin.seat import TABLES, changes, one, refusal, signed_in, submit
from tests.admin.test_forms import COMMITTEE, done
from tests.door import Door
from tests.identity import identity_number

STATUTES = f"{TABLES}statutes/"


async def test_skills_terms_of_service_and_kin_are_recorded_and_the_number_is_shown_nowhere(door: Door) -> None:
    person, number = (await door.world.subject("xgll.lawyer")).person_id, identity_number()
    async with signed_in(door, "xgll.admin") as admin:
        done(await submit(admin, "describe-person", person="xgll.lawyer", skills="征地拆迁、合同", languages="藏语"))
        done(await submit(admin, "record-employment", person="xgll.lawyer", unit="某律师事务所", since="2015-01-01"))
        for _ in range(2):
            said = done(await submit(admin, "declare-kin", person="xgll.lawyer", kin="配偶", id_number=number))
            assert number not in said
    query = "select count(*) from declared_kin where person_id = :person and position(:number in number::text) = 0"
    assert await one(door.world, query, person=person, number=number) == 1
    assert await one(door.world, "select skills from person_skills where person_id = :person", person=person) == [
        "征地拆迁",
        "合同",
    ]
    rows = [row for row in await changes(door.world, "person", person) if "told" in row.detail]
    assert {row.detail["told"] for row in rows} == {"skills", "employment", "kin"}
    assert number not in str([row.detail for row in rows])


async def test_a_wrong_number_and_a_term_that_ends_before_it_begins_are_named(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        wrong = identity_number()[:-1] + "A"
        said = refusal(await submit(admin, "declare-kin", person="xgll.lawyer", kin="子女", id_number=wrong))
        assert "公民身份号码" in said
        term = {"unit": "某公司", "since": "2020-01-01", "until": "2019-01-01"}
        assert "结束日期" in refusal(await submit(admin, "record-employment", person="xgll.lawyer", **term))


async def test_people_beyond_the_own_subtree_do_not_exist_here(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as admin:
        answer = await submit(admin, "describe-person", person="deqin.director", skills="合同", languages="")
        assert "没有找到" in refusal(answer)


async def test_the_application_may_add_declared_numbers_and_read_none(door: Door) -> None:
    async with door.world.as_("xgll.director") as (session, _):
        query = "select has_table_privilege('declared_kin', 'select'), has_table_privilege('declared_kin', 'insert')"
        assert tuple((await session.execute(text(query))).one()) == (False, True)


async def test_only_the_province_keeps_the_library_of_statutes(door: Door) -> None:
    new = {
        "code": "local", "name": "云南省矛盾纠纷多元化解条例", "aliases": "", "procedural": True,
        "valid_from": "2022-01-01", "valid_to": None, "successor": None, "last_article": None, "checked": False,
    }  # fmt: skip
    async with signed_in(door, "xgll.admin") as county:
        assert (await county.post(STATUTES, json=new)).status_code == 403
    async with signed_in(door, "yunnan.admin") as province:
        assert (await province.post(STATUTES, json=new)).status_code == 201
        key = await one(door.world, "select id from statutes where code = 'local'")
        assert (await province.patch(f"{STATUTES}{key}/", json={"valid_to": "2026-01-01"})).status_code == 200
        assert (await province.delete(f"{STATUTES}{key}/")).status_code == 204
    rows = await changes(door.world, "statutes", key)
    assert [row.detail["operation"] for row in rows] == ["insert", "update", "delete"]


async def test_a_committee_is_opened_with_its_kind_and_only_a_committee_has_one(door: Door) -> None:
    async with signed_in(door, "diqing.admin") as admin:
        form = {"tenant": "香格里拉市", "kind": "人民调解委员会", "name": f"{COMMITTEE}二"}
        done(await submit(admin, "open-office", committee_kind="行业性人民调解委员会", **form))
        key = await one(door.world, "select id from offices where name = :name", name=form["name"])
        assert await one(door.world, "select committee_kind from offices where id = :key", key=key) == "industry"
        done(await submit(admin, "close-office", office=str(key)))
        window = form | {"kind": "信访接待窗口", "name": "窗口二", "committee_kind": "行业性人民调解委员会"}
        assert "只有人民调解委员会" in refusal(await submit(admin, "open-office", **window))


async def test_an_official_status_is_dated_ended_on_evidence_and_what_was_paid_is_looked_at_again(door: Door) -> None:
    person = (await door.world.subject("xgll.forensic")).person_id
    told = {"person": "xgll.forensic", "kind": "公办事业单位中从事管理的人员", "since": "2001-01-01"}
    async with signed_in(door, "xgll.admin") as admin:
        done(await submit(admin, "official-status", **told, until="2001-12-31", evidence="任字1号"))
        done(await submit(admin, "end-official-status", person="xgll.forensic", until="2001-06-30", evidence="免字2号"))
        never = {"person": "xgll.forensic", "until": "2001-07-31", "evidence": "免字3号"}
        assert "没有登记在这一天之后" in refusal(await submit(admin, "end-official-status", **never))
    query = "select until::text || ' ' || evidence from official_statuses where person_id = :person"
    assert await one(door.world, query, person=person) == "2001-06-30 任字1号；免字2号"
    query = "select count(*) from outbox where topic = 'official.changed' and payload ->> 'person' = :person"
    assert await one(door.world, query, person=str(person)) == 2
