"""Rates: read in the operators' office by everybody who works there, written there by nobody."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from funding.rulebook import rulebook, shipped
from tests.admin.seat import TABLES, signed_in
from tests.door import Door

RATES = f"{TABLES}tariff_rates/"


async def test_a_new_database_begins_with_the_shipped_rates_and_choices(door: Door) -> None:
    async with door.world.owner() as session:
        found = await rulebook(session)
    assert sorted(found.tariff.rates, key=lambda rate: rate.key) == sorted(
        shipped().tariff.rates, key=lambda one: one.key
    )
    assert {entry.row: entry for entry in found.defaults.entries} == {
        entry.row: entry for entry in shipped().defaults.entries
    }


@pytest.mark.parametrize("login", ["yunnan.admin", "diqing.admin"])
async def test_an_administrator_reads_the_rates_and_changes_none(door: Door, login: str) -> None:
    async with signed_in(door, login) as admin:
        rows: list[dict[str, Any]] = (await admin.get(RATES, params={"key": "subsidy.general"})).json()["rows"]
        (row,) = rows
        new = {name: value for name, value in row.items() if name != "id"} | {"valid_from": str(date(2027, 1, 1))}
        address = f"{RATES}{row['id']}/"
        answers = [await admin.post(RATES, json=new), await admin.delete(address)]
        answers.append(await admin.patch(address, json={"valid_to": "2026-12-31"}))
        assert {answer.status_code for answer in answers} == {405}
    async with door.world.as_(login) as (session, _):
        with pytest.raises(DBAPIError):
            await session.execute(text("update tariff_rates set valid_to = '2026-12-31'"))
