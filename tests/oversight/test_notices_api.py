"""A program reads and marks its person's notices, and nobody else's."""

from uuid import uuid4

from tests.door import Door
from tests.oversight.telling import deliver, forgotten, notices_of, offered
from tests.world import World


async def test_a_program_pages_through_the_own_notices_and_marks_those_alone(door: Door, world: World) -> None:
    await forgotten(world)
    case_id = await offered(world)
    await offered(world)
    await deliver(world)
    (mine,) = await notices_of(world, "xgll.director", case_id)
    reader, stranger = await door.program("xgll.director"), await door.program("deqin.director")
    first = (await reader.get("/api/v1/notices", params={"size": 1, "unread_only": "true"})).json()
    more = (await reader.get("/api/v1/notices", params={"after": first["after"], "size": 100})).json()
    assert first["notices"][0]["id"] > more["notices"][0]["id"]
    every = {one["id"]: one for one in (*first["notices"], *more["notices"])}
    assert every[str(mine.id)]["address"] == f"/handovers/{case_id}"
    assert every[str(mine.id)]["title"] == "有案件移交给本单位，待接收"
    unread = (await reader.get("/api/v1/notices/unread")).json()["unread"]
    marking = {"notices": [str(mine.id), str(uuid4())]}
    assert (await stranger.post("/api/v1/notices/read", json=marking)).json() == {"marked": 0}
    assert (await reader.post("/api/v1/notices/read", json=marking)).json() == {"marked": 1}
    assert (await reader.get("/api/v1/notices/unread")).json()["unread"] == unread - 1
    told = (await (await door.program("jiantang.head")).get("/api/v1/notices/told")).json()
    read = [
        receipt["read_at"]
        for one in told
        if case_id.hex in one["address"].replace("-", "")
        for receipt in one["receipts"]
    ]
    assert any(read)
    refused = await reader.get("/api/v1/notices", params={"after": "x"})
    assert refused.status_code == 422
    for nowhere in (uuid4(), mine.id):
        asked = await stranger.get("/api/v1/notices", params={"after": str(nowhere)})
        assert asked.status_code == 422 and "没有这一页" in asked.text, (
            "what is no notice of the reader's begins no page"
        )
