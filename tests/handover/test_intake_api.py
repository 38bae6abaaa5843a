"""Cases from another system over the API: all of a call or nothing of it, once, with each error at its place."""

from typing import Any

from tests.door import Door
from tests.handover.test_intake import DIRECTOR

HERE = "/api/v1/intake"
PERSONS = "533401199001010012"
CHILD = {"name": "木文华", "id_number": "533421199001011239"}


def outside(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "outside_no": number,
        "filed_on": "2026-01-12",
        "source": "application",
        "dispute_type": 2,
        "statement": "院墙越界，多次协商不成。",
        "petitioners": [{"name": "和玉兰", "telephone": "13988700001"}],
        "other_side": [{"kind": "unit", "name": "示例建设有限公司"}],
        "claims": [{"text": "拆除越界的院墙", "nature": "property"}],
        **changes,
    }


async def call(door: Door, *cases: dict[str, Any], dry_run: bool = False) -> dict[str, Any]:
    place = await door.world.place("533401100")
    whole = [{"place_id": place, **case} for case in cases]
    sent = {"system": "某市调解平台", "sender": "某市司法局", "sent_on": "2026-02-27", "dry_run": dry_run}
    return {**sent, "cases": whole}


async def test_a_call_is_tried_out_then_taken_in_once_and_found_by_its_number(door: Door) -> None:
    client = await door.program(DIRECTOR)
    async with client:
        tried = await client.post(HERE, json=await call(door, outside("J1"), outside("J2"), dry_run=True))
        assert (tried.status_code, tried.json()["cases"], tried.json()["taken"]) == (200, 2, [])
        asked = await call(door, outside("J1"), outside("J2"))
        key = {"Idempotency-Key": "intake-j1"}
        first, second = [await client.post(HERE, json=asked, headers=key) for _ in range(2)]
        assert first.status_code == 201 and second.json() == first.json()
        (taken, _) = first.json()["taken"]
        found = await client.get("/api/v1/cases/by-number", params={"number": "J1"})
        assert (found.json()["id"], found.json()["state"]) == (taken["case_id"], "registered")
        again = await client.post(HERE, json=asked)
        assert [(one["field"], one["rule"]) for one in again.json()["errors"]] == [
            ("cases.0.outside_no", "taken"),
            ("cases.1.outside_no", "taken"),
        ]


async def test_one_error_keeps_a_whole_call_out_and_says_where_it_stands(door: Door) -> None:
    client = await door.program(DIRECTOR)
    async with client:
        wrong = outside(
            "J4", petitioners=[{"name": "木文华", "id_number": "533421199001011239"}], filed_on="2031-01-01"
        )
        odd = outside("J3", dispute_type=99, state="assessing", petition_no=PERSONS)
        refused = await client.post(HERE, json=await call(door, outside("J3"), wrong, odd))
        assert refused.status_code == 422
        assert {(one["field"], one["rule"]) for one in refused.json()["errors"]} == {
            ("cases.1.filed_on", "out_of_bounds"),
            ("cases.1.petitioners.0.id_number", "malformed"),
            ("cases.2.dispute_type", "not_a_choice"),
            ("cases.2.petition_no", "names_person"),
            ("cases.2.state", "second_person"),
            ("cases.2.outside_no", "repeated"),
        }
        assert (await client.get("/api/v1/cases/by-number", params={"number": "J3"})).status_code == 404
        assert "木文华" not in refused.text and "533421199001011239" not in refused.text


async def test_who_takes_nothing_in_is_refused_and_a_token_that_only_reads_too(door: Door) -> None:
    for login in ("xgll.intake", "xgll.lgo", "xgll.admin"):
        async with await door.program(login) as client:
            assert (await client.post(HERE, json=await call(door, outside("J9")))).status_code == 403
    async with await door.program(DIRECTOR) as client:
        made = await client.post("/api/v1/tokens", json={"name": "读", "scopes": ["read"], "ends_on": "2026-06-30"})
        assert made.status_code == 201, made.text
    async with door.bearing(made.json()["token"]) as client:
        refused = await client.post(HERE, json=await call(door, outside("J9"), dry_run=True))
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
