"""What the tests of 评析 and 委托 share: a case at the workroom, brought on by its own acts through the API."""

from typing import Any

from tests.door import Door
from tests.people import registration
from tests.walk.walker import API, Walker

DIRECTOR = "xgll.director"
CIVIL = [
    {"text": "施工造成墙体开裂，要求修复并赔偿", "nature": "injury"},
    {"text": "租金未付", "nature": "contract"},
]
REFUSED: dict[str, Any] = {
    "decision": "refused",
    "ground": "administrative",
    "legal_basis": "2025年意见第二条；行政复议法第11条",
    "way": "reconsideration",
    "organ": "迪庆州人民政府",
    "last_day": "2026-04-20",
}
COURT: dict[str, Any] = {"way": "civil_suit", "organ": "香格里拉市人民法院", "last_day_unknown": True}


async def at_assessment(door: Door, *, persons: int = 2, dispute_type: int = 6, **changes: Any) -> Walker:
    """Registered at the workroom's own desk and approved; damages unless said otherwise."""
    walk = Walker(door)
    intake = await walk.client("xgll.intake")
    form = await registration(door.world, persons=persons, representatives=1)
    form |= {"dispute_type": dispute_type, "claims": CIVIL, **changes}
    made = await intake.post(f"{API}/cases", json={name: value for name, value in form.items() if value is not None})
    assert made.status_code == 201, made.text
    walk.case, walk.number = made.json()["case"]["id"], made.json()["case"]["registration_no"]
    walk.codes = [receipt["code"] for receipt in made.json()["receipts"]]
    await walk.do(DIRECTOR, "approve-registration", answer="approve")
    return walk


async def claims(walk: Walker) -> list[str]:
    return [claim["id"] for claim in await walk.read(DIRECTOR, "claims")]


async def suitable(walk: Walker) -> None:
    """Every claim may go to mediation."""
    for claim in await claims(walk):
        await walk.do(DIRECTOR, "assess-claim", claim_id=claim, decision="suitable")


async def agreed(walk: Walker, *, company: bool = True) -> None:
    """Everybody of the petitioners, and the company."""
    people = await walk.petitioners()
    for kind in ("mediation", "disclosure"):
        if people:
            await walk.do(DIRECTOR, "record-consent", party_ids=people, kind=kind, given=True)
    if company:
        await walk.do(DIRECTOR, "record-consent", party_ids=[await walk.company()], kind="mediation", given=True)


async def ready(door: Door, **changes: Any) -> Walker:
    """Assessed and consented to: only 受理 is left."""
    walk = await at_assessment(door, **changes)
    await suitable(walk)
    await agreed(walk)
    return walk


async def accepted(door: Door, *, facts: list[dict[str, str]] | None = None, **changes: Any) -> Walker:
    walk = await ready(door, **changes)
    await walk.do(DIRECTOR, "accept-case", facts=facts or [], arrangement="三十日内办结")
    return walk


async def wrong(walk: Walker, act: str, login: str = DIRECTOR, **form: Any) -> set[tuple[str, str]]:
    """(field, rule) of an act refused for what was typed."""
    problem = await walk.refused(login, act, "invalid_input", **form)
    return {(error["field"], error["rule"]) for error in problem["errors"]}


async def paper(walk: Walker, kind: str, login: str = DIRECTOR, case: str | None = None) -> dict[str, Any]:
    """The newest of its kind: its row and what it says."""
    of = case or walk.case
    listed = (await walk.get(login, f"/cases/{of}/papers")).json()
    newest = [one for one in listed if one["kind"] == kind][-1]
    found: dict[str, Any] = (await walk.get(login, f"/cases/{of}/papers/{newest['id']}")).json()
    return found


async def kinds(walk: Walker, login: str = DIRECTOR) -> list[str]:
    return [one["kind"] for one in await walk.read(login, "papers")]
