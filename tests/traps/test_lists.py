"""Lists at depth, and what is not there to be slow: traps 10 and 11."""

from uuid import UUID

from litestar import Litestar
from msgspec.structs import fields
from sqlalchemy import select

from api.routes import endpoints
from cases.filters import Filters
from cases.lists import page
from cases.models import Case
from policies import gate
from policies.actions import Action
from server.catalogue import catalogue
from tests.people import registration
from tests.world import World

CASES, SIZE = 24, 3
ASKED = {
    "case_id", "action", "tenant_id", "before", "limit", "month",
    "number", "after", "size", "year", "step", "case_class", "dispute_type", "handler", "state", "sort", "moved",
    "role", "tier", "relation", "earlier", "side", "post_id", "at", "on", "kind", "box", "to_office_id", "code", "unit",
    "figure", "period", "own", "payer", "account", "purpose", "source", "returned", "unread_only", "topic",
}  # fmt: skip
"""Everything by which a program may ask for rows: never a person's name or number. `handler` is oneself or nobody;
`role` … `earlier` choose from the rules, `side` one's own or others' loans, `post_id` a post of who sees a case,
`at` and `on` a moment and a day, `kind` what is done with many cases at once, `code` and `unit` a unit of the tree
or one that was billed, `figure` … `payer` what a sum of money is made of: `payer` is a capacity, never a name.
`returned` keeps referrals that came back, `unread_only` leaves out the own notices that were read;
`topic` is a kind of background job."""
PEOPLE = {"person", "person_name", "party", "q", "query", "search", "telephone", "id_number"}


async def test_a_page_in_the_middle_holds_the_rows_that_an_offset_would_count_off(own_world: World) -> None:
    """Cases come in twos that were filed at the same instant, so the order has to be made by the id too."""
    for number in range(CASES):
        await own_world.register("jiantang.clerk", **await registration(own_world, persons=1))
        own_world.clock.advance(seconds=-1 if number % 2 else 0)
    half = CASES // 2
    after = None
    for _ in range(half // SIZE):
        _, after = await _page(own_world, after)
    middle, _ = await _page(own_world, after)
    assert middle == await _counted_off(own_world, half)


async def _page(world: World, after: str | None) -> tuple[list[UUID], str | None]:
    subject = await world.subject("jiantang.head")
    async with world.store.reading(subject.scope) as reading:
        found = await page(reading, subject, Filters(), after, size=SIZE, action=Action.CASE_STATUS)
    return [row.id for row in found.rows], found.after


async def _counted_off(world: World, skipped: int) -> list[UUID]:
    async with world.as_("jiantang.head") as (session, subject):
        query = select(Case.id).where(gate.visible(subject)[0]).order_by(Case.filed_at.desc(), Case.id.desc())
        return list(await session.scalars(query.offset(skipped).limit(SIZE)))


def test_no_operation_of_the_api_looks_for_a_person() -> None:
    """Decision 22: the one comparison of people is that of registration (tests/cases/test_identity_index.py)."""
    asked = {field.encode_name for one in endpoints(catalogue()) if one.query for field in fields(one.query)}
    assert asked <= ASKED, asked - ASKED


def test_no_address_takes_a_person_s_name(application: Litestar) -> None:
    """Of the pages and of the API: parts of an address are ids, numbers and closed words."""
    parts = {part.name for route in application.routes for part in getattr(route, "path_parameters", {}).values()}
    assert parts
    assert not parts & PEOPLE
