"""A petitioner reads what is recorded of itself, who acts for it and what it answered; of others nothing (N4, N12)."""

from typing import Any

import pytest

from tests.cases.build import assessing, consented
from tests.door import Door

API = "/api/v1"


@pytest.mark.obligation("N4", "N12", "N3c")
async def test_the_own_page_and_the_api_show_the_own_data_and_answers_alone(door: Door) -> None:
    walk = await consented(door.world, persons=3)
    first, second, _ = await walk.petitioners()
    form: dict[str, Any] = {
        "capacity": "special",
        "name": "周代理",
        "bond": "lawyer",
        "written": True,
        "given_on": "2026-03-01",
    }
    await walk.do("xgll.director", "record-mandate", party_id=str(first.id), **form, matters="代为签订协议")
    await walk.do("xgll.director", "correct-party", party_id=str(first.id), basis="残疾人证", health="右膝伤残")
    case = await door.world.case(walk.case_id)
    code = next(receipt.code for receipt in walk.receipts if receipt.ordinal == 1)
    key = {"registration_no": case.registration_no, "code": code}
    async with door.client(address="10.9.1.1") as client:
        own = (await client.post(f"{API}/petitioner/status", json=key)).json()["own"]
        token = (await client.get("/status")).text.split('name="_csrf_token" value="')[1].split('"')[0]
        shown = (await client.post("/status", data={**key, "_csrf_token": token})).text
    assert (own["party"]["name"], own["party"]["telephone"]) == (first.name, "13808870001")
    assert own["party"]["sensitive"]["health"] == "右膝伤残"
    assert [one["name"] for one in own["mandates"]] == ["周代理"]
    disclosure = next(one for one in own["answers"] if one["kind"] == "disclosure")
    assert (disclosure["gives"], disclosure["receivers"]) == (["name", "claims"], 1)
    assert own["corrections"][0]["fields"] == ["health"]
    for words in (first.name, "13808870001", "右膝伤残", "周代理", "同意提供的内容"):
        assert words in shown
    assert second.name not in shown and second.name not in str(own)


@pytest.mark.obligation("N11", "5a")
async def test_the_own_page_and_the_notice_of_leaving_name_the_ways_of_the_own_claims_without_a_day_too(
    door: Door,
) -> None:
    """Claim 1 (damage) is of both, claim 3 (expropriation) of the second alone; nobody said since when they knew."""
    walk = await assessing(door.world, persons=2)
    second = (await walk.petitioners())[1]
    standard = (await walk.claims())[2]
    await walk.do("xgll.director", "attribute-claim", claim_id=str(standard.id), party_ids=[str(second.id)])
    number = (await door.world.case(walk.case_id)).registration_no
    async with door.client(address="10.9.1.2") as client:
        for receipt, ways in zip(walk.receipts, ({CIVIL}, {CIVIL, *ADMINISTRATIVE}), strict=True):
            key = {"registration_no": number, "code": receipt.code}
            page = (await client.post(f"{API}/petitioner/status", json=key)).json()
            assert {one["title"] for one in page["remedy_clock"]} == ways
            assert {one["last_day"] for one in page["remedy_clock"]} == {None}
        await client.post(f"{API}/petitioner/acts/leave-mediation", json={**key, "form": {}})
        told = (await client.post(f"{API}/petitioner/status", json=key)).json()["papers"][-1]
    assert told["kind"] == "remedy_notice"
    assert {one["term"] for one in told["content"]["undated_remedies"]} == {CIVIL, *ADMINISTRATIVE}


CIVIL = "民事诉讼时效"
ADMINISTRATIVE = ("申请行政复议", "提起行政诉讼")


@pytest.mark.obligation("N4")
@pytest.mark.parametrize("act", ["withdraw-consent", "sign-agreement", "record-oral-agreement", "declare-conflict"])
async def test_no_act_that_changes_the_case_itself_and_none_of_the_staff_opens_by_a_receipt(
    door: Door, act: str
) -> None:
    """The first three are a party's by rule too: an office records them, with the proof."""
    walk = await consented(door.world, persons=1)
    (receipt,) = walk.receipts
    key = {"registration_no": (await door.world.case(walk.case_id)).registration_no, "code": receipt.code}
    before = await door.world.case(walk.case_id)
    async with door.client(address="10.9.1.3") as client:
        token = (await client.get("/status")).text.split('name="_csrf_token" value="')[1].split('"')[0]
        form = {**key, "_csrf_token": token}
        answers = {
            "own": await client.post(f"{API}/petitioner/acts/leave-mediation", json={**key, "form": {"x": 1}}),
            "act": await client.post(f"{API}/petitioner/acts/{act}", json={**key, "form": {}}),
            "options": await client.post(f"{API}/petitioner/options/{act}", json=key),
            "page": await client.post(f"/status/acts/{act}", data={**form, "begin": "1"}),
            "sent": await client.post(f"/status/acts/{act}", data=form),
        }
    assert answers.pop("own").status_code == 422, "the code is right, and the act the party's own"
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert (await door.world.case(walk.case_id)).version == before.version
