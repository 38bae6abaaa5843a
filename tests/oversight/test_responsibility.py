"""包干化解责任清单: place by place, who settles what until when; it names no party and can be taken away as a table."""

import csv
from io import BytesIO, StringIO
from itertools import groupby
from zipfile import ZipFile

import pytest

from tests.cases.build import registered
from tests.door import Door
from tests.teams.build import confirmed
from tests.world import World

ADDRESS = "/api/v1/responsibilities"


@pytest.mark.obligation("35")
async def test_each_open_dispute_stands_under_its_place_with_leader_handler_and_last_day(
    door: Door, world: World
) -> None:
    walk = await confirmed(world)
    async with await door.program("xgll.director") as client:
        found = (await client.get(ADDRESS, params={"size": 1000})).json()
    places = [line["place"] for line in found["lines"]]
    assert [place for place, _ in groupby(places)] == list(dict.fromkeys(places))  # each place stands together
    (line,) = [one for one in found["lines"] if one["case_id"] == str(walk.case_id)]
    assert line["place"] == "香格里拉市建塘镇" and line["leader"] and line["handler"] and line["due_at"]
    assert line["number"].startswith("云533401信调")


@pytest.mark.obligation("35", "N1")
async def test_it_is_exported_as_a_table_without_any_party(own_door: Door) -> None:
    walk = await confirmed(own_door.world)
    number = (await own_door.world.case(walk.case_id)).case_no
    async with await own_door.browser("xgll.director") as browser:
        shown = (await browser.get("/responsibilities")).text
        table = await browser.get("/responsibilities.csv")
        book, hung = await browser.get("/responsibilities.xlsx"), (await browser.get("/responsibilities/print")).text
    assert str(number) in shown and "包干化解责任清单" in shown
    rows = list(csv.reader(StringIO(table.text.removeprefix("\ufeff"))))
    (row,) = [one for one in rows if number in one]
    assert "建塘镇" in row[0]
    with ZipFile(BytesIO(book.content)) as inside:
        cells = inside.read("xl/sharedStrings.xml").decode()
    assert str(number) in cells and str(number) in hung
    assert hung.index("建塘镇") < hung.index(str(number))
    for text in (shown, table.text, cells, hung):
        assert not [name for name in ("和春生", "鲁茸", "云岭路桥") if name in text]


async def test_each_reader_gets_the_cases_of_the_own_scope_and_who_neither_guides_nor_supervises_none(
    door: Door, world: World
) -> None:
    walk = await registered(world, persons=1)
    own = str(walk.case_id)
    seen = {}
    for login in ("diqing.supervisor", "deqin.director", "xgll.cashier"):
        async with await door.program(login) as client:
            answer = await client.get(ADDRESS, params={"size": 1000})
            seen[login] = (answer.status_code, own in answer.text)
    assert seen == {"diqing.supervisor": (200, True), "deqin.director": (200, False), "xgll.cashier": (403, False)}
