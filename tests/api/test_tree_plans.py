"""Plans for the tree, and its past, as a program meets them: versions, named refusals, cases by one's own sight."""

from typing import Any

from httpx import AsyncClient

from tests.cases.build import registered
from tests.door import Door
from tests.world import World

API = "/api/v1/tree-plans"
PLAN: dict[str, Any] = {
    "effective_on": "2026-10-01",
    "ground": "云政复〔2026〕8号",
    "changes": [{"operation": "move", "code": "533401100", "parent_code": "533422", "contact": "德钦县信访局"}],
}


async def test_a_plan_by_program_names_what_is_wrong_counts_for_all_and_lists_for_who_may_see(
    door: Door, world: World
) -> None:
    case_id = (await registered(world, persons=1)).case_id
    async with await door.program("diqing.admin") as admin, await door.program("diqing.supervisor") as overseer:
        wrong = await admin.post(API, json=PLAN | {"changes": [{"operation": "close", "code": "533401"}]})
        assert wrong.status_code == 422
        assert [one["field"] for one in wrong.json()["errors"]] == ["changes.0.code"]
        made = await admin.post(API, json=PLAN)
        assert (made.status_code, made.headers["etag"]) == (201, '"1"')
        view = made.json()
        address = f"{API}/{view['plan']['id']}"
        counted = {one["what"]: one["number"] for one in view["preview"]["counts"]}
        told = {(row["tier"], row["state"], row["way"]) for row in view["preview"]["cases"]}
        assert counted["cases_open"] >= 1 and ("T", "registered", "follow") in told
        assert [row["name"] for row in view["sketch"]["after"] if row["marked"]] == ["建塘镇"]
        assert (await admin.post(API, json=PLAN)).json()["errors"][0]["rule"] == "planned"
        assert (await admin.get(f"{address}/cases")).json()["rows"] == [], "who plans sees no case"
        seen = await _every(overseer, f"{address}/cases")
        assert str(case_id) in {row["id"] for row in seen} and {row["place"] for row in seen} == {"建塘镇"}
        assert (await overseer.post(f"{address}/approve", headers={"If-Match": '"1"'})).status_code == 403
        end: dict[str, Any] = {"json": {"reason": "只为试验"}}
        assert (await admin.post(f"{address}/withdraw", **end)).status_code == 428
        assert (await admin.post(f"{address}/withdraw", **end, headers={"If-Match": '"9"'})).status_code == 412
        ended = await admin.post(f"{address}/withdraw", **end, headers={"If-Match": '"1"'})
        assert (ended.status_code, ended.json()["plan"]["state"], ended.headers["etag"]) == (200, "withdrawn", '"2"')
        again = await admin.post(f"{address}/withdraw", **end, headers={"If-Match": '"2"'})
        assert (again.status_code, again.json()["code"]) == (409, "plan_ended")


async def _every(client: AsyncClient, address: str) -> list[dict[str, Any]]:
    """Of all pages: other tests have put cases there too."""
    rows, after = [], None
    while True:
        page = (await client.get(address, params={"after": after} if after else {})).json()
        rows += page["rows"]
        after = page["after"]
        if after is None:
            return rows


async def test_the_tree_is_asked_for_by_code_and_by_day(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        found = (await clerk.get("/api/v1/tree", params={"code": "533401"})).json()
        assert (found["tenant"]["name"], found["on"]) == ("香格里拉市", "2026-03-02")
        assert [one["name"] for one in found["above"]] == ["云南省", "迪庆藏族自治州"]
        history = (await clerk.get(f"/api/v1/tree/{found['tenant']['id']}/history")).json()
        assert [spell["code"] for spell in history["spells"]] == ["533401"]
        [unit] = (await clerk.get("/api/v1/tree/units", params={"unit": "香格里拉市"})).json()
        assert (unit["tenant_id"], unit["formerly"]) == (found["tenant"]["id"], [])
        for params, status in (({"code": "999999"}, 404), ({"on": "2999-01-01"}, 422), ({"on": "1999-01-01"}, 404)):
            assert (await clerk.get("/api/v1/tree", params=params)).status_code == status, params
