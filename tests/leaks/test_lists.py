"""Lists, look-ups, counts, inboxes and the audit: every row that is the reader's, and not one more.

Sampled: of all cells one for each role at each tier and one for each relation; each pages through the whole list.
"""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import RowMapping, text

from foundation import cookies
from tests.conftest import NOON
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.guests import admit
from tests.leaks.listing import TIERS, every_case, findable
from tests.leaks.oracle import Cell
from tests.leaks.standings import Standing
from tests.leaks.strangers import Stranger
from tests.leaks.walking import said

API = "/api/v1"
LINK = re.compile(r'href="/cases/([0-9a-f-]{36})')
QUERIES = ("", "&sort=due", "&state=open", "&step=1", "&case_class=complex", "&dispute_type=8", "&handler=me")
HIDDEN = (
    "name",
    "telephone",
    "petitioner",
    "handler_id",
    "tenant_id",
    "office_id",
    "state_name",
    "holder_office_id",
    "role",
)
LISTERS = "case:read"


def readers(ground: Ground) -> list[Standing]:
    """One for each role at each tier, and one for each relation."""
    by_post = {(one.cell.role, one.cell.tier): one for one in ground.standings}
    by_relation = {one.cell.relation: one for one in ground.standings}
    return list({one.token: one for one in (*by_post.values(), *by_relation.values())}.values())


async def listed(client: AsyncClient, query: str) -> AsyncIterator[tuple[str, list[UUID]]]:
    """Page by page: (the cursor it was asked with, its rows)."""
    after = ""
    while True:
        page = await client.get(f"{API}/cases?size=3{query}{after}")
        assert page.status_code == 200, page.text
        assert not found_in(said(page))
        yield after, [UUID(row["id"]) for row in page.json()["rows"]]
        if (cursor := page.json()["after"]) is None:
            return
        after = f"&after={cursor.replace('+', '%2B')}"


@pytest.mark.failure(7)
async def test_a_list_holds_what_the_rules_let_the_reader_see_and_not_one_row_more(ground: Ground) -> None:
    await ground.held_at("C")
    cases = await every_case(ground)
    found: list[str] = []
    for number, one in enumerate(readers(ground)):
        mine = findable(ground, cases, one, LISTERS)
        query = QUERIES[number % len(QUERIES)]
        async with ground.of(one) as client:
            got = [case async for _, rows in listed(client, query) for case in rows]
            wanted = {case for case, row in mine.items() if _meets(row, query)}
            if set(got) != wanted or len(got) != len(set(got)):
                found.append(f"{one.name} {query}: {len(got)} rows instead of {len(wanted)}")
        if number % 4 == 0:
            found += await _pages(ground, one, set(mine), set(findable(ground, cases, one, "case:status")))
    assert not found, "\n".join(found)


def _meets(case: RowMapping, query: str) -> bool:
    met: dict[str, bool] = {
        "": True,
        "&sort=due": case["due_at"] is not None,
        "&state=open": case["closed_at"] is None and case["state"] not in ("refused", "diverted", "split_off"),
        "&step=1": case["step"] == 1,
        "&case_class=complex": case["case_class"] == "complex",
        "&dispute_type=8": case["dispute_type"] == 8,
        "&handler=me": False,
    }
    return met[query]


async def _pages(ground: Ground, one: Standing, read: set[UUID], status: set[UUID]) -> list[str]:
    """The pages link to nothing else, and say no word of a case. Whoever reads no case at all is shown the status."""
    found = []
    async with ground.client(cookies={cookies.SESSION: one.token}) as browser:
        for address, may in (("/cases", read or status), ("/cases?view=moved", status), ("/desk", read)):
            page = await browser.get(address)
            links = {UUID(link) for link in LINK.findall(page.text)}
            if page.status_code != 200 or not links <= may or found_in(said(page)):
                found.append(f"{one.name} {address}: {page.status_code}, {len(links - may)} links too many")
    return found


async def test_a_cursor_of_somebody_else_opens_nothing(ground: Ground) -> None:
    """Sort-and-page probing: a forged or borrowed place in the list shows what is one's own behind it, never a row."""
    await ground.held_at("C")
    cases = await every_case(ground)
    above, below = ground.standing("supervisor_p", "P", "oversees"), ground.standing("wr_director", "C", "offered")
    async with ground.of(above) as superior, ground.of(below) as director:
        cursors = [after for after, _ in [page async for page in listed(superior, "")]][1:]
        mine = findable(ground, cases, below, LISTERS)
        for cursor in [*cursors, f"&after=9999-01-01T00:00:00%2B00:00~{ground.case_id}"]:
            page = await director.get(f"{API}/cases?size=50{cursor}")
            assert {UUID(row["id"]) for row in page.json()["rows"]} <= set(mine)
        assert len(cursors) > 3
        for broken in ("x", "2026-03-02~x", f"~{ground.case_id}", "2026-03-02T00:00:00~" + str(ground.case_id)):
            assert (await director.get(f"{API}/cases?after={broken}")).status_code == 422


async def test_no_list_takes_a_filter_or_sort_on_what_it_does_not_show(ground: Ground) -> None:
    async with ground.of(ground.standing("supervisor_p", "P", "oversees")) as reader:
        for name in HIDDEN:
            for address in (f"{API}/cases?{name}=x", f"{API}/cases?sort={name}"):
                assert (await reader.get(address)).status_code == 422, address


async def test_administrators_and_who_sees_no_case_have_no_list(ground: Ground) -> None:
    for stranger in ground.strangers:
        async with ground.bearing(stranger.token) as client:
            page = await client.get(f"{API}/cases")
            rows = page.json().get("rows", [])
            assert page.status_code in (200, 403), stranger.name
            assert str(ground.case_id) not in [row["id"] for row in rows], stranger.name
            assert not found_in(said(page))


async def test_a_number_finds_only_what_its_reader_may_open(ground: Ground) -> None:
    await ground.held_at("C")
    found: list[str] = []
    asking: list[Standing | Stranger] = [*readers(ground)[::3], *ground.strangers]
    for one in asking:
        async with ground.bearing(one.token) as client:
            known = await client.get(f"{API}/cases/by-number", params={"number": ground.number})
            unknown = await client.get(f"{API}/cases/by-number", params={"number": "登〔2026〕999999"})
            page = await client.get("/cases", params={"number": ground.number})
        may = isinstance(one, Standing) and one.at == "C" and "case:status" in one.actions
        if isinstance(one, Standing) and one.at != "C":
            continue
        if (known.status_code == 200) is not may or (page.status_code == 303) is not may:
            found.append(f"{one.name}: {known.status_code} and {page.status_code} instead of {may}")
        if not may and (known.status_code, known.json()["code"]) != (unknown.status_code, unknown.json()["code"]):
            found.append(f"{one.name}: {known.status_code} for it, {unknown.status_code} for none")
    assert not found, "\n".join(found)


async def test_inboxes_hold_what_is_sent_to_the_own_office_and_no_person(ground: Ground) -> None:
    await ground.held_at("C")
    async with ground.world.owner() as session:
        offered = await session.scalar(text("select to_office_id from handover_offers where state = 'open'"))
    seen = 0
    receivers = [one for one in ground.standings if one.cell.relation == "offered"]
    for one in {one.token: one for one in (*readers(ground), *receivers)}.values():
        async with ground.of(one) as client:
            offers = (await client.get(f"{API}/handover/inbox")).json()
            warnings = await client.get(f"{API}/warnings")
            page = await client.get("/handovers")
        mine = one.desk.id == offered and "handover:preview" in one.actions
        assert [offer["case_id"] for offer in offers] == ([str(ground.case_id)] if mine else []), one.name
        assert warnings.json() == {"warnings": [], "after": None}, one.name
        assert (str(ground.case_id) in page.text) is mine, one.name
        assert not {ground.canaries[mark].place for mark in found_in(page.text, str(offers))} - {"cases.visited_unit"}
        seen += mine
    assert seen


async def test_counts_are_those_of_the_own_subtree_and_small_ones_are_hidden(ground: Ground) -> None:
    """Each number against the rows behind it; another branch is a 404; who reads totals only sees none below five."""
    await ground.held_at("C")
    cases = await every_case(ground)
    reader = Standing(
        Cell("stats_reader", "C", "none"), "C", _token(ground, "statistician of the holder"), ground.case_id,
        frozenset(), ground.desks["533401", "leading_group"],
    )  # fmt: skip
    for one in (
        ground.standing("supervisor_p", "P", "oversees"),
        ground.standing("supervisor_f", "F", "oversees"),
        reader,
    ):
        tenant = one.desk.tenant_id
        held = sum(1 for case in cases if tenant in [case[column] for column in TIERS])
        async with ground.client(cookies={cookies.SESSION: one.token}) as client:
            answer = await client.get(f"{API}/overview")
            facets = (await client.get(f"{API}/overview/disputes")).json()
            page, below = await client.get("/overview"), await client.get(f"/overview/{tenant}")
            beside = await client.get("/overview/16"), await client.get(f"{API}/overview", params={"tenant_id": 145})
            counted = answer.json()
        hidden = one is reader
        assert counted["total"]["cases"] == held, one.name
        assert (beside[0].status_code, beside[1].status_code) == ((404, 200) if not hidden else (404, 404)) or (
            one.cell.tier == "P"
        )
        numbers = [row["cells"]["cases"] for row in counted["below"]] + [row["cases"] for row in facets]
        assert not hidden or not [number for number in numbers if number is not None and 0 < number < 5]
        for shown in (answer, page, below):
            assert shown.status_code == 200 and not found_in(said(shown)), one.name
            assert ground.number not in shown.text
    async with ground.of(ground.standing("cashier", "C", "governs")) as cashier:
        assert (await cashier.get(f"{API}/overview")).status_code == 403


def _token(ground: Ground, name: str) -> str:
    return next(stranger.token for stranger in ground.strangers if stranger.name == name)


async def test_the_audit_names_no_content_and_no_chain_beside_the_own_line(ground: Ground) -> None:
    """Events without contents for the audit administrator; 404 for another branch; 403 for everybody else."""
    holder = ground.desks["533401", "workroom"].tenant_id
    token = _token(ground, "audit administrator")
    async with ground.client(cookies={cookies.SESSION: token}) as admin:
        for address in (
            f"{API}/audit",
            f"{API}/audit?tenant_id={holder}",
            f"{API}/audit/verify",
            f"/audit/{holder}",
            "/audit/proof",
        ):
            answer = await admin.get(address)
            assert answer.status_code == 200 and not found_in(said(answer)), address
        assert (await admin.get("/audit")).status_code == 303
        events = (await admin.get(f"{API}/audit?tenant_id={holder}&limit=200")).json()["events"]
        assert any(str(ground.case_id) in event["object_id"] for event in events)
        assert {name for event in events for name in event} == {
            "seq", "at", "actor", "actor_name", "post_id", "action", "object_kind", "object_id", "outcome",
        }  # fmt: skip
    async with ground.world.owner() as session:
        (below,) = await admit(session, [("auditadmin", ground.desks["533300", "justice_bureau"].id)], NOON)
    async with ground.bearing(below.token) as sister:
        assert (await sister.get(f"{API}/audit?tenant_id={holder}")).status_code == 404
        assert (await sister.get(f"/audit/{holder}")).status_code == 404
        own = (await sister.get(f"{API}/audit")).json()["events"]
        # what the own people typed and were refused stands in the own chain, as they typed it
        assert str(ground.case_id) not in str([one for one in own if one["action"] != "request:refused"])
    for one in (ground.standing("wr_director", "C", "holds"), ground.standing("supervisor_p", "P", "oversees")):
        async with ground.client(cookies={cookies.SESSION: one.token}) as reader:
            for address in (f"{API}/audit", f"{API}/audit/verify", f"/audit/{holder}", "/audit/proof"):
                assert (await reader.get(address)).status_code == 403, (one.name, address)
