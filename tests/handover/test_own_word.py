"""A petitioner says on its own page whether it accepts the new mediator, of the very office that the page named."""

from sqlalchemy import func, select

from cases.consent import TRANSFER
from cases.parties import Consent
from tests.cases.build import Walk
from tests.door import Door
from tests.handover.test_protocol_word import OWN_WORD, RECEIVER, SENDER, answer, offered, take, word
from tests.teams.build import table
from tests.web.conftest import Browser, app, browser
from tests.world import World

__all__ = ["app", "browser"]
OTHER = "weixi.director"
PAGE = "/status/acts/answer-own-transfer"


async def key_of(walk: Walk) -> dict[str, str]:
    number = (await walk.world.case(walk.case_id)).registration_no
    return {"registration_no": number, "code": walk.receipts[0].code}


async def offered_elsewhere(walk: Walk) -> None:
    await walk.do(SENDER, "withdraw-handover")
    await walk.do(SENDER, "offer-handover", to_office_id=await walk.world.office(OTHER), reason="near")


async def words_said(walk: Walk) -> int:
    query = select(func.count()).select_from(Consent).where(Consent.case_id == walk.case_id, Consent.kind == TRANSFER)
    async with walk.world.owner() as session:
        return await session.scalar(query) or 0


async def test_a_petitioner_says_it_and_may_think_again_until_the_case_is_taken(door: Door) -> None:
    walk = await offered(door.world)
    key, office = await key_of(walk), await door.world.office(RECEIVER)
    *_, company = await table(walk)
    await answer(walk, [company], accepted=True)
    async with door.client() as client:
        acts = (await client.post("/api/v1/petitioner/status", json=key)).json()["acts"]
        assert "answer-own-transfer" in {one["name"] for one in acts}
        for accepted, expected in ((False, "refused"), (True, "accepted")):
            door.world.clock.advance(seconds=1)
            sent = {**key, "form": {"office_id": office, "accepted": accepted}}
            said = await client.post(OWN_WORD, json=sent)
            assert said.status_code == 200, said.text
            assert await word(walk) == expected
    await take(walk)
    async with door.client() as client:
        acts = (await client.post("/api/v1/petitioner/status", json=key)).json()["acts"]
        late = await client.post(OWN_WORD, json=sent)
    assert "answer-own-transfer" not in {one["name"] for one in acts} and late.json()["code"] == "transfer_not_asked"


async def test_a_yes_to_the_office_on_the_page_is_no_yes_to_another_offered_meanwhile(
    browser: Browser, world: World
) -> None:
    """人民调解法 23(1): else the case would go where the party was never asked."""
    walk = await offered(world)
    key, office = await key_of(walk), await world.office(RECEIVER)
    form = (await browser.send(PAGE, {**key, "begin": "1"})).text
    assert f'<option value="{office}" selected>德钦县' in form, "whom it is about is read before it is said"
    await offered_elsewhere(walk)
    stale = await browser.send(PAGE, {**key, "office_id": str(office), "accepted": "true"})
    assert stale.status_code == 422 and "现在征询的已是另一家调解组织" in stale.text and "维西" in stale.text
    assert await words_said(walk) == 0
    now = await browser.send(PAGE, {**key, "office_id": str(await world.office(OTHER)), "accepted": "true"})
    assert now.status_code == 200 and await words_said(walk) == 1


async def test_a_program_of_the_party_asks_whom_it_is_about(door: Door) -> None:
    walk = await offered(door.world)
    key, path = await key_of(walk), "/api/v1/petitioner/options/{}"
    async with door.client() as client:
        asked = await client.post(path.format("answer-own-transfer"), json=key)
        (only,) = asked.json()["office_asked_about"]
        assert only["value"] == str(await door.world.office(RECEIVER)) and only["label"].startswith("德钦县")
        for name, given in (
            ("answer-own-transfer", key | {"code": "WRONGCODE2"}),
            ("offer-handover", key),
            ("no-such-act", key),
        ):
            assert (await client.post(path.format(name), json=given)).status_code == 404, name
        await offered_elsewhere(walk)
        sent = {**key, "form": {"office_id": int(only["value"]), "accepted": True}}
        stale = await client.post(OWN_WORD, json=sent)
    assert stale.status_code == 422
    assert [(one["field"], one["rule"]) for one in stale.json()["errors"]] == [("office_id", "another_office")]
