"""The import of the tree: the real file whole, each kind of change, and nothing of a broken file."""

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.errors import Forbidden
from foundation.ids import new_id
from organisation.divisions import DIVISIONS, ZONES, BrokenFile, read_tree_file
from organisation.tree_import import LooksCut, NeedsPlan, StillHoldsCases, import_tree
from organisation.tree_plan import Change, What
from organisation.tree_plans import TreeChange, TreePlan
from server.operator import OPERATOR
from tenants.models import Office, Place, Tenant
from tenants.tiers import OfficeKind
from tests.conftest import NOON
from tests.noted import write_now

DAY = date(2027, 1, 1)
LINES = DIVISIONS.read_text(encoding="utf-8").splitlines()


async def change(session: AsyncSession, folder: Path, lines: list[str], **how: bool) -> list[Change]:
    file = folder / "tree.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return await import_tree(session, OPERATOR, read_tree_file(file), DAY, **how)


async def tenant(session: AsyncSession, code: str) -> Tenant:
    query = select(Tenant).join(Place, Place.id == Tenant.place_id).where(Place.code_mca == code)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def offices(session: AsyncSession, code: str) -> dict[str, Office]:
    query = select(Office).where(Office.tenant_id == (await tenant(session, code)).id)
    return {office.kind: office for office in await session.scalars(query.execution_options(populate_existing=True))}


async def test_all_of_yunnan_is_there(session: AsyncSession) -> None:
    rows = await session.execute(select(Tenant.tier, func.count()).group_by(Tenant.tier))
    assert {tier: count for tier, count in rows} == {"P": 1, "F": 16, "C": 129, "T": 1429}
    assert await session.scalar(select(func.count()).select_from(Office)) == 146 * 5 + 1429 * 3


async def test_every_tenant_carries_its_ancestors_and_itself(session: AsyncSession) -> None:
    chain = [(await tenant(session, code)).id for code in ("530000", "533400", "533401", "533401100")]
    town = await tenant(session, "533401100")
    assert [town.province_id, town.prefecture_id, town.county_id, town.township_id] == chain
    county = await tenant(session, "533401")
    assert [county.province_id, county.prefecture_id, county.county_id, county.township_id] == [*chain[:3], None]
    assert (town.county_code, county.county_code) == ("533401", "533401")


async def test_every_station_names_the_committee_that_posts_it(session: AsyncSession) -> None:
    stations = {OfficeKind.WORKROOM, OfficeKind.WINDOW, OfficeKind.CONTACT_POINT}
    for code, expected in (("533401", {OfficeKind.WORKROOM}), ("533401100", stations - {OfficeKind.WORKROOM})):
        found = await offices(session, code)
        posted = {kind for kind, office in found.items() if office.committee_id == found[OfficeKind.COMMITTEE].id}
        assert posted == expected
    lost = select(func.count()).where(Office.kind.in_(stations), Office.committee_id.is_(None))
    assert await session.scalar(lost) == 0


async def test_the_character_outside_the_basic_plane_survives(session: AsyncSession) -> None:
    assert await session.scalar(select(func.count()).where(Tenant.name == "\U00025532嘉镇")) == 1


async def test_repeating_the_import_changes_nothing(session: AsyncSession) -> None:
    assert await import_tree(session, OPERATOR, read_tree_file(DIVISIONS), DAY) == []


async def test_a_dry_run_reports_and_writes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    renamed = [line.replace("建塘镇", "建塘街道") for line in LINES]
    changes = await change(session, tmp_path, renamed, dry_run=True)
    assert [(row.what, row.line, row.key) for row in changes] == [(What.RENAMED, 1546, "533401100")]
    assert (await tenant(session, "533401100")).name == "建塘镇"


async def test_a_renamed_tenant_keeps_its_id_and_renames_its_offices(session: AsyncSession, tmp_path: Path) -> None:
    before = (await tenant(session, "533401100")).id
    await change(session, tmp_path, [line.replace("建塘镇", "建塘街道") for line in LINES])
    after = await tenant(session, "533401100")
    assert (after.id, after.name) == (before, "建塘街道")
    assert {office.name for office in (await offices(session, "533401100")).values()} == {
        "建塘街道人民调解委员会",
        "建塘街道司法所信访接待窗口",
        "建塘街道信访联系点",
    }


async def test_a_moved_tenant_keeps_its_id_and_gets_new_ancestors(session: AsyncSession, tmp_path: Path) -> None:
    before = (await tenant(session, "533422207")).id
    changes = await change(session, tmp_path, [line.replace("533422207,533422", "533422207,533423") for line in LINES])
    assert [(row.what, row.before, row.after) for row in changes] == [(What.MOVED, "德钦县", "维西傈僳族自治县")]
    after = await tenant(session, "533422207")
    assert (after.id, after.county_id) == (before, (await tenant(session, "533423")).id)


async def test_an_ended_tenant_stays_with_its_last_day_and_its_id_is_not_given_again(
    session: AsyncSession, tmp_path: Path
) -> None:
    shorter = [line for line in LINES if not line.startswith("533423208,")]
    highest = await session.scalar(select(func.max(Tenant.id)))
    assert [row.what for row in await change(session, tmp_path, shorter)] == [What.ENDED]
    ended = await tenant(session, "533423208")
    assert ended.valid_to == DAY
    assert {office.valid_to for office in (await offices(session, "533423208")).values()} == {DAY}
    newer = [*shorter, "533423299,533423,township,新设镇,镇,,,"]
    assert [row.what for row in await change(session, tmp_path, newer)] == [What.NEW]
    added = await tenant(session, "533423299")
    assert added.id == (highest or 0) + 1
    assert added.valid_from == DAY


async def held_case(session: AsyncSession, code: str) -> Case:
    """A case at the window of the township `code`."""
    town = await tenant(session, code)
    window = (await offices(session, code))[OfficeKind.WINDOW]
    case = Case(
        id=new_id(NOON),
        registration_no=f"测{code}",
        state="registered",
        step=1,
        dispute_type=1,
        source="visit",
        first_visit=True,
        person_count=1,
        place_id=town.place_id,
        holder_office_id=window.id,
        province_id=town.province_id,
        prefecture_id=town.prefecture_id,
        county_id=town.county_id,
        township_id=town.township_id,
        filed_at=NOON,
        changed_at=NOON,
    )
    session.add(case)
    await session.flush()
    return case


async def test_open_cases_of_a_moved_township_are_left_to_the_job_that_brings_them_along(
    session: AsyncSession, tmp_path: Path
) -> None:
    await held_case(session, "533422207")
    moved = [line.replace("533422207,533422", "533422207,533423") for line in LINES]
    with pytest.raises(NeedsPlan):
        await change(session, tmp_path, moved)
    await change(session, tmp_path, moved, without_plan=True)
    plan = (await session.scalars(select(TreePlan))).one()
    line = (await session.scalars(select(TreeChange))).one()
    assert (plan.state, plan.effective_on) == ("running", DAY)
    assert line.effect is not None and line.effect["tenants"] == [(await tenant(session, "533422207")).id]
    await write_now(session)
    detail = await session.scalar(
        text("select detail from audit_log where object_kind = 'tree' order by seq desc limit 1")
    )
    assert detail is not None and (detail["moved"], detail["moved_cases"], detail["without_plan"]) == (1, 1, True)


async def test_a_tenant_that_still_holds_a_case_can_not_end(session: AsyncSession, tmp_path: Path) -> None:
    case = await held_case(session, "533423208")
    shorter = [line for line in LINES if not line.startswith("533423208,")]
    with pytest.raises(StillHoldsCases):
        await change(session, tmp_path, shorter)
    case.archived_at = NOON
    await session.flush()
    assert [row.what for row in await change(session, tmp_path, shorter, without_plan=True)] == [What.ENDED]


async def test_a_file_that_lost_its_end_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    with pytest.raises(LooksCut):
        await change(session, tmp_path, LINES[:900])


async def test_zones_hang_below_their_host_county(session: AsyncSession) -> None:
    changes = await import_tree(session, OPERATOR, read_tree_file(ZONES), DAY)
    assert {row.what for row in changes} == {What.NEW} and len(changes) == 32
    zone = (await session.scalars(select(Tenant).where(Tenant.name == "迪庆扶贫民族经济开发区"))).one()
    assert (zone.tier, zone.kind, zone.parent_id) == ("T", "zone", (await tenant(session, "533401")).id)
    assert await import_tree(session, OPERATOR, read_tree_file(DIVISIONS), DAY) == []


async def test_the_import_is_in_the_audit_of_the_province(session: AsyncSession) -> None:
    detail = await session.scalar(text("select detail from audit_log where object_kind = 'tree' order by seq limit 1"))
    assert detail is not None and detail["new"] == 1575


async def test_who_is_no_administrator_imports_nothing(session: AsyncSession) -> None:
    with pytest.raises(Forbidden):
        await import_tree(session, replace(OPERATOR, role="wr_director"), read_tree_file(DIVISIONS), DAY)


BROKEN = {
    "a repeated code": (1546, "533401100,", "533401101,", 1547, "代码与第 1546 行重复"),
    "an unknown parent": (1546, "533401,", "533999,", 1546, "上级代码不在文件中：533999"),
    "a parent of the wrong tier": (1546, "533401100,533401,", "533401100,533400,", 1546, "上级 533400 的层级不对"),
    "an unknown level": (1546, "township", "village", 1546, "层级不认识：village"),
    "a code with a letter": (1546, "533401100", "53340110x", 1546, "代码应为 9 位数字：53340110x"),
    "no name": (1546, "建塘镇", "", 1546, "名称应为 1 至 40 个字"),
    "a name twice in one county": (1546, "建塘镇", "虎跳峡镇", 1547, "名称与第 1546 行重复"),
    "a second province": (1544, "533400,530000,prefecture", "533400,,province", 1544, "文件应有且只有一个省"),
    "a missing column": (1546, ",镇,", ",", 1546, "列数与首行不同"),
    "a wrong header": (1, "code", "number", 1, "首行应有这些列"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_refused_with_line_and_reason(fault: str, tmp_path: Path) -> None:
    at, old, new, named, reason = BROKEN[fault]
    lines = [*LINES]
    assert old in lines[at - 1]
    lines[at - 1] = lines[at - 1].replace(old, new, 1)
    file = tmp_path / "broken.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BrokenFile) as refused:
        read_tree_file(file)
    assert any(line.line == named and reason in line.text("zh") for line in refused.value.lines)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gbk.csv"
    file.write_text("\n".join(LINES[:50]), encoding="gb18030")
    with pytest.raises(BrokenFile):
        read_tree_file(file)
