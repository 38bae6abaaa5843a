"""The operators' office: of every role at every tier only the system administrator comes in, and sees the own subtree.

Lists, counts, choices, the rows behind them and the forms; the page's CSV is made of the list. Sampled: every role at
every tier knocks at one way in turn; the province's administrator walks all of them, a township's every third.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx import AsyncClient
from sqlalchemy import text

from foundation import cookies
from tests.conftest import NOON
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.guests import admit
from tests.leaks.registry import watched_by
from tests.leaks.standings import HOLDERS, post_of
from tests.leaks.walking import said

TABLES = "/admin/api/tables/"
DESKS = {"P": "justice_bureau", "F": "justice_bureau", "C": "justice_bureau", "T": "window"}
BELOW = "select id from tenants where :own in (province_id, prefecture_id, county_id, township_id)"
ROWS = {
    "subtree_tenants": BELOW,
    "subtree_offices": f"select id from offices where tenant_id in ({BELOW})",
    "subtree_posts": f"select p.id from posts p join offices o on o.id = p.office_id where o.tenant_id in ({BELOW})",
    "subtree_persons": (
        "select p.person_id from posts p join offices o on o.id = p.office_id"
        f" where o.tenant_id in ({BELOW}) union select id from persons where not exists"
        " (select from posts where person_id = persons.id)"
    ),
    "subtree_accounts": (
        "select a.id from accounts a join posts p on p.person_id = a.person_id"
        f" join offices o on o.id = p.office_id where o.tenant_id in ({BELOW}) union select a.id from accounts a"
        " where not exists (select from posts where person_id = a.person_id)"
    ),
}
"""What an administrator may find there, from the tables themselves."""


def ways() -> list[str]:
    """Every registered way, with one table's parts for each family."""
    found = [row.path for row in watched_by("test_each_standing_at_each_way_of_the_office_gets_its_subtree_or_nothing")]
    parts = ("", "count/", "ids/", "schema/", "new/", "references/")
    whole = [way.replace("*", part) for way in found for part in (parts if way.endswith("*") else ("",))]
    return [re.sub(r"\{[^}]*\}", "give-post", way) for way in dict.fromkeys(whole) if way.startswith("/")]


@asynccontextmanager
async def seated(ground: Ground, role: str, tier: str) -> AsyncIterator[AsyncClient]:
    async with ground.world.owner() as session:
        (guest,) = await admit(session, [(role, ground.desks[HOLDERS[tier], DESKS[tier]].id)], NOON)
    async with ground.client(cookies={cookies.SESSION: guest.token}) as browser:
        yield browser


async def test_each_standing_at_each_way_of_the_office_gets_its_subtree_or_nothing(ground: Ground) -> None:
    found: list[str] = []
    asked = ways()
    posts = {(post_of(one.cell), one.cell.tier): one.token for one in ground.standings}
    tokens = [*posts.items(), *((stranger.name, stranger.token) for stranger in ground.strangers)]
    for number, (name, token) in enumerate(one for one in tokens if one[0] != "system administrator"):
        way = asked[number % len(asked)]
        async with ground.client(cookies={cookies.SESSION: token}) as browser:
            answer = await browser.get(f"/admin{way}")
        if answer.status_code != 403 or found_in(said(answer)):
            found.append(f"{name} · {way}: {answer.status_code}")
    for tier, mine in {"P": asked, "T": asked[::3]}.items():
        async with seated(ground, "sysadmin", tier) as browser:
            for way in mine:
                answer = await browser.get(f"/admin{way}")
                if answer.status_code >= 500 or found_in(said(answer)) or ground.number in answer.text:
                    found.append(f"sysadmin/{tier} · {way}: {answer.status_code}")
    assert not found, "\n".join(found)
    assert len(asked) > 40


async def test_lists_counts_and_choices_hold_the_own_subtree_and_nothing_beside_it(ground: Ground) -> None:
    """At a county and a township; tests/admin/test_tree.py asks the same of a prefecture."""
    for tier in ("C", "T"):
        own = ground.desks[HOLDERS[tier], DESKS[tier]].tenant_id
        async with seated(ground, "sysadmin", tier) as browser:
            for table, query in ROWS.items():
                async with ground.world.owner() as session:
                    mine = {str(one) for one in await session.scalars(text(query), {"own": own})}
                page = (await browser.get(f"{TABLES}{table}/", params={"__page_size": 1000})).json()["rows"]
                counted = (await browser.get(f"{TABLES}{table}/count/")).json()["count"]
                choices = (await browser.get(f"{TABLES}{table}/ids/")).json()
                assert page and {str(row["id"]) for row in page} <= mine, (tier, table)
                assert 0 < counted <= len(mine), (tier, table, counted, len(mine))
                assert set(map(str, choices)) <= mine, (tier, table)


async def test_a_row_of_another_branch_is_not_there_and_no_form_reaches_it(ground: Ground) -> None:
    sister = ground.desks["533422", "workroom"]
    async with ground.world.owner() as session:
        (theirs,) = await admit(session, [("intake", sister.id)], NOON)
    async with seated(ground, "sysadmin", "C") as admin:
        keys = {"offices": sister.id, "tenants": sister.tenant_id, "posts": theirs.post_id, "persons": theirs.person_id}
        for way in (f"subtree_{table}/{key}" for table, key in keys.items()):
            assert (await admin.get(f"{TABLES}{way}/")).status_code == 404, way
        await admin.get("/admin/")
        admin.headers["X-CSRFToken"] = admin.cookies["csrftoken"]
        sent = {"post": str(theirs.post_id), "post_id": str(theirs.post_id)}
        refused = await admin.post("/admin/api/forms/end-post/", json=sent)
        assert 400 <= refused.status_code < 500
    async with ground.bearing(theirs.token) as person:
        assert (await person.get("/api/v1/me")).json()["post_id"] == str(theirs.post_id)
