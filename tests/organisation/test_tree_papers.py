"""Documents, duties, goals and checklists when the tree changes: what follows, what ends, what stays (64, 9, 62)."""

from typing import Any

import pytest
from sqlalchemy import text

import oversight.checklists
import oversight.documents
import oversight.phases
from foundation.model import Base
from indicators import goal_counts, goal_models
from tests.door import Door
from tests.organisation.planning import DEQIN, JIANTANG, XGLL, approved, carried_out, run, tenant
from tests.oversight.papers_down import COUNTY, COUNTY_PLAN, NOTICE, PLAN, PREFECTURE, asked, clause, done, issued

ROOMS = (oversight.checklists, oversight.documents, oversight.phases, goal_counts, goal_models)
FOLLOWS = {
    "policy_documents": "drafts of who is no more are withdrawn; what was issued is read by the heir and all below it",
    "document_receipts": "unsigned ones end with the tenant, or with who stood above; those above now send their own",
    "report_duties": "the same; the heir of the issuer asks in its place",
    "goals": "of who is no more end",
    "plan_phases": "of who is no more end",
    "checklists": "of who is no more end; the heir's or the one above serves",
}
STAYS = {
    "checklist_items": "of a checklist",
    "clause_reports": "what was reported",
    "document_attachments": "with the document",
    "document_clauses": "with the document",
    "goal_counts": "figures of past periods do not change; lists read the tree of that month",
    "goal_marks": "the same",
}


def test_of_every_table_of_documents_and_goals_it_is_said_what_a_change_of_the_tree_does() -> None:
    modules = {room.__name__ for room in ROOMS}
    tables = {one.local_table.name for one in Base.registry.mappers if one.class_.__module__ in modules}  # type: ignore[attr-defined]  # all are tables
    assert tables == FOLLOWS.keys() | STAYS.keys()


async def sent_down(door: Door, by: str, heads: tuple[str, ...], number: str, tier: str) -> Any:
    """A notice of which one clause is reported on by those of the tier."""
    form = {**NOTICE, "number": number, "text": COUNTY_PLAN, "report_tiers": [tier], "receipt_by": "2026-03-20"}
    draft = await done(door, by, "POST", "/documents", **form)
    one = clause(draft, "九(三)")
    day = {"text": one["text"], "report_by": "2026-03-25"}
    await done(door, by, "PUT", f"/documents/{draft['id']}/clauses/{one['key']}", **day)
    return await issued(door, heads, draft)


async def owed(door: Door, login: str) -> set[tuple[str, str]]:
    """(document, tenant) of what is to be reported, as this person sees it."""
    rows = (await done(door, login, "GET", "/clause-reports"))["duties"]
    return {(one["document_id"], one["tenant"]) for one in rows if not one["reported_at"]}


async def receipt(door: Door, login: str, document: str, name: str) -> dict[str, Any]:
    view = await done(door, login, "GET", f"/documents/{document}")
    found: dict[str, Any] = next(one for one in view["receipts"] if one["tenant"] == name)
    return found


@pytest.mark.obligation("62", "64")
async def test_a_township_that_moves_is_sent_what_stands_there_and_owes_nothing_where_it_was(own_door: Door) -> None:
    door = own_door
    here = await sent_down(door, "xgll.lgo", COUNTY, "香司发〔2026〕3号", "T")
    there = await sent_down(door, "diqing.lgo", PREFECTURE, "迪司发〔2026〕3号", "T")
    deqin = await tenant(door.world, DEQIN)
    async with door.world.owner() as session:  # the other county has no heads of its own here
        copied = "update {} set tenant_id = :new where {} = :id"
        for table, column in (("policy_documents", "id"), ("document_clauses", "document_id")):
            await session.execute(text(copied.format(table, column)), {"new": deqin.id, "id": there["id"]})
        for table in ("document_receipts", "report_duties"):
            rows = f"select id from {table} where document_id = :id"
            await session.execute(text(f"delete from deadlines where row_id in ({rows})"), {"id": there["id"]})
            await session.execute(text(f"delete from {table} where document_id = :id"), {"id": there["id"]})
        await session.commit()
    assert await owed(door, "jiantang.head") == {(here["id"], "建塘镇")}
    assert (await asked(door, "jiantang.head", "GET", f"/documents/{there['id']}")).status_code == 404
    await carried_out(door.world, {"operation": "move", "code": JIANTANG, "parent_code": DEQIN})
    assert await owed(door, "jiantang.head") == {(there["id"], "建塘镇")}
    assert (await receipt(door, "xgll.lgo", here["id"], "建塘镇"))["ended_at"], "its issuer sees that it ended"
    assert (await asked(door, "jiantang.head", "POST", f"/documents/{here['id']}/receipt")).status_code == 409
    own = await done(door, "jiantang.head", "POST", f"/documents/{there['id']}/receipt")
    assert [bool(one["signed_at"]) for one in own["receipts"]] == [True]
    seen = await done(door, "jiantang.head", "GET", f"/documents/{here['id']}")
    assert seen["clauses"], "what was sent to it stays its to read"
    assert not {one for one in await owed(door, "xgll.lgo") if one[1] == "建塘镇"}
    cause = {"cause": f"policy_documents:{there['id']}:issued"}
    async with door.world.owner() as session:
        told = text("select payload->'offices' from outbox where payload->>'cause' = :cause")
        offices = list(await session.scalars(told, cause))
    window = (await door.world.subject("jiantang.head")).office_id
    assert [window] in offices, "its own desk alone is told of it when it comes"


@pytest.mark.obligation("9", "62", "64")
async def test_of_a_merged_county_what_waits_ends_and_its_heir_and_those_below_read_the_past(
    own_door: Door,
) -> None:
    door = own_door
    above = await sent_down(door, "diqing.lgo", PREFECTURE, "迪司发〔2026〕3号", "C")
    plan = await done(door, "xgll.lgo", "POST", f"/documents/{above['id']}/plan", **PLAN)
    plan = await issued(door, COUNTY, plan)
    below = await sent_down(door, "xgll.lgo", COUNTY, "香司发〔2026〕3号", "T")
    head = {key: PLAN[key] for key in ("title", "number", "dated")}
    draft = await done(door, "xgll.lgo", "POST", f"/documents/{plan['id']}/editions", **head)
    goal = {"measure": "settled", "baseline_year": 2025, "year": 2026, "target": 60}
    await done(door, "xgll.justice", "POST", "/goals", **goal)
    phase = {
        "phase": "start",
        "since": "2026-01-01",
        "until": "2026-12-31",
        "focus": "领导包案",
        "measures": "包案到人",
    }
    await done(door, "xgll.justice", "PUT", "/phases", phases=[phase])
    items = [{"area": "procedure", "text": "卷宗齐全", "most": 10}]
    await done(door, "xgll.lgo", "POST", "/checklists", title="评分表", items=items)
    order = await approved(door.world, {"operation": "merge", "code": XGLL, "into_code": DEQIN})
    assert (await run(door.world, order)).done
    old, new = await tenant(door.world, XGLL), await tenant(door.world, DEQIN)
    async with door.world.owner() as session:
        ended = [
            await session.scalar(text(query), {"id": old.id})
            for query in (
                "select count(*) from goals where tenant_id = :id and ended_at is null",
                "select count(*) from plan_phases where tenant_id = :id and replaced_at is null",
                "select count(*) from checklists where tenant_id = :id and until is null",
                "select count(*) from policy_documents where tenant_id = :id and status = 'draft'",
                "select count(*) from document_receipts where tenant_id = :id and signed_at is null"
                " and ended_at is null",
                "select count(*) from report_duties where tenant_id = :id and ended_at is null",
            )
        ]
        askers = set(await session.scalars(
            text("select issuer_id from report_duties where document_id = :id"), {"id": below["id"]}
        ))  # fmt: skip
    assert ended == [0] * 6 and askers == {new.id}
    assert (await asked(door, "deqin.lgo", "GET", f"/documents/{draft['id']}")).status_code == 404, "never issued"
    for login in ("deqin.lgo", "jiantang.head", "diqing.lgo"):
        assert (await done(door, login, "GET", f"/documents/{plan['id']}"))["tenant"] == "香格里拉市"
        assert (below["id"], "建塘镇") in await owed(door, login)
    assert (await done(door, "jiantang.head", "POST", f"/documents/{below['id']}/receipt"))["receipts"][0]["signed_at"]
    assert (await owed(door, "deqin.lgo")) >= {(above["id"], "德钦县")}
    elsewhere = await asked(door, "gongshan.director", "GET", f"/documents/{plan['id']}")
    assert elsewhere.status_code in (403, 404)
