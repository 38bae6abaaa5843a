"""The rights table of a handover (handover-and-access.md, section 3), cell by cell, by gate, API and page: rights.csv.

What opens and closes between its columns is data of the policy: no code of a door looks at the state of an offer.
"""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from msgspec import Struct

from foundation.clock import local_date
from tests.cases.build import Walk
from tests.door import Door
from tests.handover.test_protocol_freeze import PASS
from tests.oversight.reach import actions
from tests.people import NAMES
from tests.teams import build

SENDER, RECEIVER = "xgll.director", "deqin.director"
TABLE = list(csv.DictReader((Path(__file__).parent / "rights.csv").read_text(encoding="utf-8").splitlines()))
STATES = ("before", "offered", "accepted", "ended")
NAME = NAMES[0]
LATE = {"before": "record-fee", "offered": "offer-handover", "accepted": "record-unit", "ended": "return-handover"}
"""The last thing that happened in each state, as the timeline tells it to who reads all of it."""


class Seen(Struct):
    """What one of the table's columns says, as the doors show it."""

    case: str
    preview: str
    person: str
    claims: str
    notes: str
    timeline: str
    money: str
    edits: str


async def brought_to(door: Door, state: str) -> Walk:
    world = door.world
    walk = await build.confirmed(world)
    fee = {"fee": "appraisal", "institution": "迪庆某鉴定中心", "actual_fen": 300_000}
    await walk.do(SENDER, "write-note", text="先分户协商")
    await walk.do(
        "xgll.handler", "record-fee", **fee, incurred_on=str(local_date(world.clock.now()) - timedelta(days=1))
    )
    if state == "before":
        return walk
    deqin = await world.office(RECEIVER)
    if state == "accepted":
        await walk.do(SENDER, "answer-transfer", office_id=deqin, party_ids=await build.table(walk), accepted=True)
    await walk.do(SENDER, "offer-handover", to_office_id=deqin, reason="near")
    if state == "ended":
        await walk.do(RECEIVER, "return-handover", reason="not_ours", proof="德钦县工作室函〔2026〕2号")
    if state == "accepted":
        await walk.do(RECEIVER, "accept-handover", no_conflict=True)
        unit = {"name": "德钦某公司", "kind": "enterprise", "found_by": "移交后查明"}
        await walk.do(RECEIVER, "write-note", text="移交后的备注")
        await walk.do(RECEIVER, "record-unit", role="visited", **unit)
    world.clock.advance(seconds=1)
    return walk


async def read(client: AsyncClient, address: str, part: str) -> Any:
    found = await client.get(f"{address}/{part}")
    return found.json() if found.status_code == 200 else []


async def seen_by(door: Door, walk: Walk, login: str, state: str) -> Seen:
    program, address = await door.program(login), f"/api/v1/cases/{walk.case_id}"
    header = await program.get(address)
    open_ = {one["name"] for one in header.json().get("available_actions", ())}
    writing = {name for name, act in door.world.catalogue.acts.items() if act.writes}
    acts = [event["act"] for event in await read(program, address, "timeline")]
    return Seen(
        case=str(header.status_code),
        preview=str((await program.get(f"{address}/handover")).status_code),
        person=_person(await read(program, address, "parties")),
        claims="yes" if await read(program, address, "claims") else "no",
        notes="yes" if await read(program, address, "notes") else "no",
        timeline="none" if not acts else "all" if LATE[state] in acts else "cut",
        money=_money(await read(program, address, "money")),
        edits="yes" if open_ & writing - PASS.keys() else "no",
    )


def _person(parties: Any) -> str:
    if not parties:
        return "no"
    return "yes" if any(one["name"] == NAME for one in parties) else "masked"


def _money(money: Any) -> str:
    if not money:
        return "none"
    if money["position"] is None:
        return "own"
    return "all" if money["costs"] else "totals"


@pytest.mark.obligation("62")
@pytest.mark.parametrize("state", STATES)
async def test_each_party_sees_what_the_table_says(door: Door, state: str) -> None:
    walk = await brought_to(door, state)
    rows = [row for row in TABLE if row["state"] == state]
    assert len(rows) == 5
    for row in rows:
        expected = Seen(**{name: row[name] for name in Seen.__struct_fields__})
        assert await seen_by(door, walk, row["login"], state) == expected, (row["party"], row["says"])
        allowed = await actions(door.world, row["login"], walk.case_id)
        assert (row["case"] == "200") == ("case:status" in allowed), row["party"]
        page = await (await door.browser(row["login"])).get(f"/cases/{walk.case_id}")
        assert str(page.status_code) == row["case"] and (NAME in page.text) == (row["person"] == "yes"), row["party"]
        assert "德钦某公司" not in page.text or row["party"] in ("receiver", "superior"), row["party"]


PETITIONER = {
    "before": ("香格里拉市人民调解工作室", None),
    "offered": ("香格里拉市人民调解工作室", ("香格里拉市人民调解工作室", "德钦县人民调解工作室")),
    "accepted": ("德钦县人民调解工作室", None),
    "ended": ("香格里拉市人民调解工作室", None),
}


@pytest.mark.parametrize("state", STATES)
async def test_the_petitioner_is_told_where_the_case_is_under_the_same_number(door: Door, state: str) -> None:
    walk = await brought_to(door, state)
    case = await door.world.case(walk.case_id)
    form = {"registration_no": case.registration_no, "code": walk.receipts[0].code}
    async with door.client() as client:
        told = (await client.post("/api/v1/petitioner/status", json=form)).json()
        token = (await client.get("/status")).text.split('name="_csrf_token" value="')[1].split('"')[0]
        page = (await client.post("/status", data={**form, "_csrf_token": token})).text
    way = told["transfer"] and (told["transfer"]["sender"], told["transfer"]["receiver"])
    assert (told["holder"], way) == PETITIONER[state]
    between = told["journey"] and (told["journey"]["sender"], told["journey"]["receiver"])
    assert between == (None if state == "before" else PETITIONER["offered"][1])
    assert told["case_no"] == case.case_no and case.case_no is not None
    assert PETITIONER[state][0] in page and (way is None or way[1] in page)


async def test_the_sender_reads_why_it_came_back_and_by_whom(door: Door) -> None:
    walk = await brought_to(door, "ended")
    (offer,) = await read(await door.program(SENDER), f"/api/v1/cases/{walk.case_id}", "handovers")
    assert (offer["state"], offer["return_reason"], offer["return_proof"]) == (
        "returned", "not_ours", "德钦县工作室函〔2026〕2号",
    )  # fmt: skip
    assert offer["to_office_id"] == await door.world.office(RECEIVER)
