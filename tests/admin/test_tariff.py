"""Rates: changed by the province, dated, and never where money was already decided by them."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from foundation.clock import local_date
from funding.rulebook import rulebook, shipped
from tests.admin.seat import TABLES, changes, refusal, signed_in
from tests.conftest import NOON
from tests.door import Door

RATES = f"{TABLES}tariff_rates/"
RATE = {
    "key": "fee.agency",
    "minimum_fen": 0,
    "maximum_fen": 200_000,
    "unit": "每件",
    "clause": "测试条款",
    "source": "测试文件",
    "valid_from": "2026-07-01",
    "valid_to": None,
}
"""The one rate that the plan leaves to the province."""


@pytest.fixture
async def above(door: Door) -> AsyncIterator[AsyncClient]:
    """The province's administrator; what the test changes in the table is put back."""
    async with door.world.owner() as session:
        before = [dict(row) for row in (await session.execute(text("select * from tariff_rates"))).mappings()]
    async with signed_in(door, "yunnan.admin") as admin:
        yield admin
    async with door.world.owner() as session:
        await session.execute(text("delete from tariff_rates"))
        columns = ", ".join(before[0])
        values = ", ".join(f":{name}" for name in before[0])
        await session.execute(
            text(f"insert into tariff_rates ({columns}) overriding system value values ({values})"), before
        )


async def rates(admin: AsyncClient, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await admin.get(RATES, params={"key": key, "__order": "valid_from"})).json()["rows"]
    return rows


async def test_a_new_database_begins_with_the_shipped_rates(door: Door) -> None:
    async with door.world.owner() as session:
        found = (await rulebook(session)).tariff
    assert sorted(found.rates, key=lambda rate: rate.key) == sorted(shipped().tariff.rates, key=lambda rate: rate.key)


async def test_a_new_rate_begins_after_today_and_decides_from_its_day_on(door: Door, above: AsyncClient) -> None:
    made = await above.post(RATES, json=RATE)
    assert made.status_code == 201, made.text
    async with door.world.as_("xgll.director") as (session, _):
        tariff = (await rulebook(session)).tariff
    assert tariff.on("fee.agency", date(2026, 6, 30)) is None
    begun = tariff.on("fee.agency", date(2026, 7, 1))
    assert begun is not None and begun.maximum_fen == 200_000


@pytest.mark.parametrize("day", ["2018-06-07", local_date(NOON).isoformat()])
async def test_no_rate_begins_today_or_before(above: AsyncClient, day: str) -> None:
    refused = await above.post(RATES, json={**RATE, "valid_from": day})
    assert refusal(refused) == "起用日期须在今天以后：已发生的费用按当日的标准"
    assert await rates(above, "fee.agency") == []


async def test_a_rate_in_force_keeps_all_but_its_end(above: AsyncClient) -> None:
    (old,) = await rates(above, "subsidy.general")
    row = f"{RATES}{old['id']}/"
    said = "已生效的费用标准不得修改或删除，只能填今天或以后的止用日期"
    for change in ({"maximum_fen": 1}, {"clause": "改"}, {"valid_from": "2027-01-01"}, {"valid_to": "2026-03-01"}):
        assert refusal(await above.patch(row, json=change)) == said
    assert refusal(await above.delete(row)) == said
    assert await rates(above, "subsidy.general") == [old]


async def test_a_rate_gets_its_successor_by_an_end(door: Door, above: AsyncClient) -> None:
    (old,) = await rates(above, "subsidy.general")
    successor = {**RATE, "key": "subsidy.general", "minimum_fen": 400_000, "maximum_fen": 600_000}
    overlapping = await above.post(RATES, json=successor)
    assert refusal(overlapping) == "同一项目在同一天只能有一个标准，请先填原标准的止用日期"
    assert (await above.patch(f"{RATES}{old['id']}/", json={"valid_to": "2026-06-30"})).status_code == 200
    assert (await above.post(RATES, json=successor)).status_code == 201
    first, second = await rates(above, "subsidy.general")
    assert (first["valid_to"], second["valid_from"]) == ("2026-06-30", "2026-07-01")
    rows = await changes(door.world, "tariff_rates", old["id"])
    assert rows[-1].detail["after"]["valid_to"] == "2026-06-30"
    assert rows[-1].actor == str((await door.world.subject("yunnan.admin")).person_id)


async def test_a_slip_of_the_pen_is_mended_before_its_day(above: AsyncClient) -> None:
    made = (await above.post(RATES, json=RATE)).json()
    row = f"{RATES}{made[0]['id']}/"
    assert (await above.patch(row, json={"maximum_fen": 20_000})).status_code == 200
    assert (await above.delete(row)).status_code == 204
    assert await rates(above, "fee.agency") == []


@pytest.mark.parametrize("broken", [{"minimum_fen": 300_000}, {"valid_to": "2026-06-01"}, {"key": "fee.unknown"}])
async def test_a_rate_that_makes_no_sense_is_refused_in_chinese(above: AsyncClient, broken: dict[str, Any]) -> None:
    refused = await above.post(RATES, json={**RATE, **broken})
    assert refusal(refused) == "有内容超出可以保存的范围，或与其他内容冲突"


async def test_fields_that_are_missing_or_malformed_are_named(above: AsyncClient) -> None:
    refused = await above.post(RATES, json={**RATE, "maximum_fen": "many", "valid_from": "soon"})
    assert refusal(refused) == "有内容未按要求填写：上限（分）：形式不对；起用日期：形式不对"
    without = {name: value for name, value in RATE.items() if name != "unit"}
    assert (await above.post(RATES, json=without)).status_code == 422


async def test_others_read_the_rates_and_change_none(door: Door) -> None:
    async with signed_in(door, "diqing.admin") as admin:
        (row,) = await rates(admin, "subsidy.general")
        assert (await admin.post(RATES, json=RATE)).status_code == 403
        assert (await admin.patch(f"{RATES}{row['id']}/", json={"valid_to": "2026-12-31"})).status_code == 403
        assert (await admin.delete(f"{RATES}{row['id']}/")).text == "全省共用的内容只有省级管理员可以修改"
    async with door.world.as_("diqing.admin") as (session, _):
        changed = await session.execute(text("update tariff_rates set valid_to = '2026-12-31' returning id"))
        assert changed.all() == []
