"""Documents as tests send them: the province's plan and a county's, in excerpts of the public texts."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from httpx import Response

from tests.door import Door

DATA = Path(__file__).parent / "data"
PROVINCE_PLAN = (DATA / "province_plan.txt").read_text(encoding="utf-8")
COUNTY_PLAN = (DATA / "county_plan.txt").read_text(encoding="utf-8")
DOCUMENTS = "/api/v1/documents"
NOTICE = {
    "kind": "notice",
    "title": "关于印发三年行动方案的通知",
    "number": "云司发〔2018〕46号",
    "dated": "2018-06-07",
}
PLAN = {"title": "香格里拉市三年行动方案", "number": "香司发〔2026〕1号", "dated": "2026-03-01"}
REASON = "本县机构设置不同"


async def asked(door: Door, login: str, method: str, path: str, /, **form: Any) -> Response:
    """Any request of the API as that person; a POST with a key of its own."""
    async with await door.program(login) as client:
        return await client.request(
            method, "/api/v1" + path, json=form if method != "GET" else None, headers={"Idempotency-Key": uuid4().hex}
        )


async def done(door: Door, login: str, method: str, path: str, /, **form: Any) -> Any:
    answer = await asked(door, login, method, path, **form)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def issued(door: Door, heads: tuple[str, ...], made: dict[str, Any]) -> Any:
    """Approved by each of these heads in turn."""
    for head in heads:
        made = await done(door, head, "POST", f"/documents/{made['id']}/approval")
    return made


PROVINCE = ("yunnan.justice", "yunnan.petition")
PREFECTURE = ("diqing.justice", "diqing.petition")
COUNTY = ("xgll.justice", "xgll.petition")


async def province_notice(door: Door, **changes: Any) -> Any:
    """Issued by the province, with its plan as its clauses."""
    draft = await done(door, "yunnan.lgo", "POST", "/documents", **{**NOTICE, "text": PROVINCE_PLAN, **changes})
    return await issued(door, PROVINCE, draft)


def clause(view: dict[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in view["clauses"] if one["path"] == path)
    return found
