"""The party's own page, by number and code: one's own data, final papers, no draft, note, amount or other person."""

from httpx import AsyncClient, Response
from sqlalchemy import select

from cases.parties import Party
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.walking import said

API = "/api/v1"
OWN = frozenset({"statement", "final", "timeline", "identity", "contact", "sensitive", "read"})
"""Rule 55, and what is sensitive of the party itself (个人信息保护法 45); of `statement` and `final` what is addressed
to the party or to all."""
NEVER = ("notes.", "fees.", "settlement", "stored_files.", "relief_checks.", "supervision_orders.")
WRONG = "WRONGCODE1"


async def asked(ground: Ground, client: AsyncClient, code: str, number: str) -> dict[str, Response]:
    """Every way in by number and code."""
    proof = {"registration_no": number, "code": code}
    token = (await client.get("/status")).text.split('name="_csrf_token" value="')[1].split('"')[0]
    form = {**proof, "_csrf_token": token}
    return {
        "api": await client.post(f"{API}/petitioner/status", json=proof),
        "log": await client.post(f"{API}/petitioner/access-log", json=proof),
        "api act": await client.post(f"{API}/petitioner/acts/ask-recusal", json={**proof, "form": {"surprise": 1}}),
        "page": await client.post("/status", data=form),
        "table": await client.post("/status/looks", data=form),
        "act": await client.post("/status/acts/ask-recusal", data=form),
    }


async def test_the_own_page_shows_one_party_its_own_and_nothing_of_the_others(ground: Ground) -> None:
    await ground.held_at("C")
    code = next(receipt.code for receipt in ground.walk.receipts if receipt.ordinal == 1)
    async with ground.client(address="10.1.1.1") as party:
        answers = await asked(ground, party, code, ground.number)
    assert {name: answers[name].status_code for name in ("api", "log", "page", "table")} == dict.fromkeys(
        ("api", "log", "page", "table"), 200
    )
    me = (await ground.walk.petitioners())[0]
    own = f"{me.name} {me.identity} {me.contact} {me.sensitive}"
    seen = {name: [ground.canaries[mark] for mark in found_in(said(answer))] for name, answer in answers.items()}
    assert seen["page"] and seen["api"]
    for name, canaries in seen.items():
        for canary in canaries:
            assert canary.groups & OWN and not canary.place.startswith(NEVER), (name, canary.place)
            assert canary.case_id == ground.case_id
            assert not canary.place.startswith("parties.") or canary.text in own, (name, canary.place)
    for answer in answers.values():
        assert answer.headers["cache-control"] == "no-store"
        assert ground.number not in str(answer.url) and code not in str(answer.url)


async def test_a_wrong_code_and_a_wrong_number_are_one_answer(ground: Ground) -> None:
    async with ground.client(address="10.1.1.2") as nobody:
        code = await asked(ground, nobody, WRONG, ground.number)
    async with ground.client(address="10.1.1.3") as nobody:
        number = await asked(ground, nobody, WRONG, "533401-2026-9999")
    for name in code:
        assert code[name].status_code == number[name].status_code >= 400, name
        assert not found_in(said(code[name])), name
    told = [{key: value for key, value in one["api"].json().items() if key != "instance"} for one in (code, number)]
    assert told[0] == told[1]


async def test_a_partys_code_opens_no_other_case(ground: Ground) -> None:
    async with ground.world.owner() as session:
        names = set(await session.scalars(select(Party.name).where(Party.case_id == ground.sister.case_id)))
    code = ground.walk.receipts[0].code
    async with ground.world.owner() as session:
        other = (await ground.world.case(ground.sister.case_id)).registration_no
    async with ground.client(address="10.1.1.4") as party:
        answers = await asked(ground, party, code, other)
    for name, answer in answers.items():
        assert answer.status_code >= 400 and not any(one in answer.text for one in names), name
