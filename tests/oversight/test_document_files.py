"""Files that go with a document by both doors; lists of documents and duties page by page; one plan of one above."""

from asyncio import gather
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from PIL import Image

from oversight import document_reads
from oversight.clause_duties import all_duties, duties
from tests.door import Door
from tests.oversight.papers_down import (
    COUNTY_PLAN,
    NOTICE,
    PLAN,
    PREFECTURE,
    PROVINCE_PLAN,
    asked,
    clause,
    done,
    issued,
    province_notice,
)


async def uploaded(door: Door, login: str, document: str, name: str, content: bytes) -> Response:
    async with await door.program(login) as client:
        return await client.post(
            f"/api/v1/documents/{document}/attachments",
            files={"file": (name, content)},
            headers={"Idempotency-Key": uuid4().hex},
        )


def picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (8, 8)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.obligation("64")
async def test_a_program_gives_a_draft_its_files_judged_by_content_and_nobody_changes_them_once_issued(
    door: Door,
) -> None:
    draft = await done(door, "diqing.lgo", "POST", "/documents", **NOTICE, text=COUNTY_PLAN)
    this = f"/documents/{draft['id']}"
    await done(door, "diqing.justice", "POST", this + "/approval")
    made = await uploaded(door, "diqing.lgo", draft["id"], "../附件.pdf", picture())
    assert made.status_code == 201 and made.json()["media_type"] == "image/png", made.text
    assert "/" not in made.json()["name"] and not made.json()["name"].endswith(".pdf"), "the name follows the content"
    assert (await done(door, "diqing.lgo", "GET", this))["justice"] is None, "what was approved has changed"
    script = await uploaded(door, "diqing.lgo", draft["id"], "附件.pdf", b"<script>")
    assert script.status_code in (415, 422), script.text
    assert (await uploaded(door, "xgll.lgo", draft["id"], "a.png", picture())).status_code == 404
    one = f"{this}/attachments/{made.json()['id']}"
    other = (await uploaded(door, "diqing.lgo", draft["id"], "图.png", picture())).json()
    left = await done(door, "diqing.lgo", "DELETE", f"{this}/attachments/{other['id']}")
    assert [entry["id"] for entry in left["attachments"]] == [made.json()["id"]]
    assert (await asked(door, "diqing.lgo", "DELETE", f"{this}/attachments/{other['id']}")).status_code == 404
    for login, status in (("xgll.lgo", 404), ("diqing.lgo", 200), ("xgll.handler", 403)):
        assert (await asked(door, login, "GET", one)).status_code == status, login
    await issued(door, PREFECTURE, draft)
    read = await asked(door, "xgll.lgo", "GET", one)
    assert read.content == picture() and read.headers["content-disposition"].startswith("attachment")
    assert (await uploaded(door, "diqing.lgo", draft["id"], "a.png", picture())).json()["code"] == "document_not_draft"
    assert (await asked(door, "diqing.lgo", "DELETE", one)).status_code == 409


@pytest.mark.obligation("64")
async def test_lists_of_documents_and_duties_go_on_to_their_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await done(door, "diqing.lgo", "POST", "/documents", **{**NOTICE, "text": COUNTY_PLAN, "report_tiers": []})
    for path in ("六(二)", "九(三)"):
        one = clause(draft, path)
        form = {"text": one["text"], "report_by": "2026-12-30"}
        await done(door, "diqing.lgo", "PUT", f"/documents/{draft['id']}/clauses/{one['key']}", **form)
    await issued(door, PREFECTURE, draft)
    async with door.world.as_("diqing.lgo") as (session, subject):
        whole = list(await all_duties(session, subject))
        found, after = [], None
        while True:
            part = await duties(session, subject, after=after, size=7)
            found += part.duties
            if (after := part.after) is None:
                break
    assert len(found) == len({one.id for one in found}) and found == whole
    assert [one.tenant_id for one in found] == sorted(one.tenant_id for one in found), "the order of the tree"
    monkeypatch.setattr(document_reads, "PAGE", 1)
    first = await done(door, "diqing.lgo", "GET", "/documents")
    second = await done(door, "diqing.lgo", "GET", f"/documents?after={first['after']}")
    assert len(first["documents"]) == len(second["documents"]) == 1 and first["documents"] != second["documents"]
    foreign = await asked(door, "diqing.lgo", "GET", f"/documents?after={uuid4()}")
    assert [one["field"] for one in foreign.json()["errors"]] == ["after"]
    async with await door.browser("diqing.lgo") as browser:
        page = (await browser.get("/documents")).text
        onward = (await browser.get(f"/documents?after={first['after']}")).text
    assert f"/documents?after={first['after']}" in page and second["documents"][0]["id"] in onward


@pytest.mark.obligation("64")
async def test_of_one_plan_above_a_tenant_makes_one_of_its_own_also_when_two_press_at_once(door: Door) -> None:
    notice = await province_notice(door, text=PROVINCE_PLAN)
    pressed: list[Any] = await gather(
        *(asked(door, "diqing.lgo", "POST", f"/documents/{notice['id']}/plan", **PLAN) for _ in range(3))
    )
    assert sorted(one.status_code for one in pressed) == [201, 409, 409]
    assert {one.json().get("code") for one in pressed if one.status_code == 409} == {"plan_there"}
    made = next(one.json()["id"] for one in pressed if one.status_code == 201)
    await done(door, "diqing.lgo", "POST", f"/documents/{made}/withdrawal")
    await done(door, "diqing.lgo", "POST", f"/documents/{notice['id']}/plan", **PLAN)
