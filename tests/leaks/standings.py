"""Subjects for the table's cells: each a person of its own, in a post where the relation holds, with a live session."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import FOREVER
from policies.rules import WITHOUT_POST
from tenants.models import Office, Place, Tenant
from tests.leaks.guests import Guest, admit, relate
from tests.leaks.oracle import BY_PLACE, PARTY_TIER, Cell, allowed, cells

HOLDERS = {"T": "533401100", "C": "533401", "F": "533400", "P": "530000"}
"""Where the case lies while a tier's own offices are asked; codes of the civil affairs."""
SISTERS = {"T": "533401101", "C": "533422", "F": "533300", "P": "530000"}
"""Beside the holder; the code of one township begins like the other's."""
LINES = {"governs": "leading_group", "manages": "petition_bureau", "houses": "committee", "keeps": "committee"}
UNREACHABLE = frozenset({"serves", "self", "respondent"})
"""`serves` shows no case; a party has a page of its own (tests/leaks/test_own_page.py)."""
STAND_IN = "mediator"
"""The post of who acts by a record alone."""
ROLE_BY_RECORD = frozenset({"team", "handler", "assists", "delegated"})
ONLY_TO_LEAVE = frozenset({"recusal:declare"})


class Desk(Struct, frozen=True):
    """An office of the real tree."""

    id: int
    kind: str
    tenant_id: int
    columns: tuple[int | None, ...]


class Standing(Struct, frozen=True):
    """`at`: the tier that holds the case meanwhile. `actions`: all that the rules allow then."""

    cell: Cell
    at: str
    token: str
    person_id: UUID
    actions: frozenset[str]
    desk: Desk
    cut: datetime | None = None

    @property
    def in_line(self) -> bool:
        """By custody, whatever the record: the province lies above all."""
        return self.cell.relation in BY_PLACE or self.cell.tier == "P"

    @property
    def name(self) -> str:
        return f"{self.cell.role}/{self.cell.tier}/{self.cell.relation}"


async def desks(session: AsyncSession, codes: Iterable[str]) -> Mapping[tuple[str, str], Desk]:
    """By code and kind."""
    query = (
        select(Place.code_mca, Office.kind, Office.id, Tenant)
        .join(Tenant, Tenant.place_id == Place.id)
        .join(Office, Office.tenant_id == Tenant.id)
        .where(Place.code_mca.in_(codes), Office.valid_to.is_(None))
        .order_by(Office.id.desc())
    )
    return {
        (code or "", kind): Desk(
            office, kind, tenant.id, (tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id)
        )
        for code, kind, office, tenant in await session.execute(query)
    }


def chosen() -> list[Cell]:
    """Every cell that allows more than to leave the case; of those, one for each role and one for each relation."""
    found: list[Cell] = []
    leaving: list[Cell] = []
    for cell, actions in sorted(cells().items(), key=lambda item: (item[0].role, item[0].tier, item[0].relation)):
        if cell.relation not in UNREACHABLE and cell.tier != PARTY_TIER and not _nowhere(cell):
            (leaving if actions == ONLY_TO_LEAVE else found).append(cell)
    roles = {cell.role: cell for cell in leaving}
    relations = {cell.relation: cell for cell in leaving}
    return [*found, *dict.fromkeys([*roles.values(), *relations.values()])]


def _nowhere(cell: Cell) -> bool:
    """A township has no line offices, nothing lies below it, and it is where the lowest case lies."""
    if cell.tier == "T":
        return cell.relation in ("governs", "manages", "oversees")
    return cell.role in WITHOUT_POST and cell.relation in BY_PLACE


def place_of(cell: Cell) -> tuple[str, str, str]:
    """(the tier that holds the case, code and kind of the subject's office)."""
    if cell.relation == "oversees":
        return ("T" if cell.tier == "C" else "C"), HOLDERS[cell.tier], "workroom"
    own = "window" if cell.tier == "T" else "workroom"
    if cell.relation in BY_PLACE:
        return cell.tier, HOLDERS[cell.tier], LINES.get(cell.relation, own)
    return "C", SISTERS[cell.tier], own


def pairs_of(cell: Cell) -> list[tuple[str, str]]:
    """All (role, relation) of the subject made for the cell; the case is closed, so its own tenant keeps it."""
    post = post_of(cell)
    if cell.relation in BY_PLACE:
        here = {"holds": ["holds", "keeps"], "oversees": ["oversees"]}
        beside = {"governs": ["governs"], "manages": ["manages"]}.get(cell.relation, [])
        return [(post, one) for one in here.get(cell.relation, ["houses", "keeps", *beside])]
    above = [(post, "oversees")] if cell.tier == "P" else []
    return [(cell.role if cell.relation in ROLE_BY_RECORD else post, cell.relation), *above]


async def seat(session: AsyncSession, case_id: UUID, now: datetime, cut: datetime) -> list[Standing]:
    """Make them all; `now` is the instant of the tests, `cut` a moment of the case's past."""
    offices = await desks(session, {*HOLDERS.values(), *SISTERS.values()})
    wanted = [(cell, *place_of(cell)) for cell in chosen()]
    at = [offices[code, kind] for _, _, code, kind in wanted]
    guests = await admit(session, [(post_of(cell), desk.id) for (cell, *_), desk in zip(wanted, at, strict=True)], now)
    made = [
        _standing(cell, tier, guest, desk, cut)
        for (cell, tier, *_), guest, desk in zip(wanted, guests, at, strict=True)
    ]
    for one in made:
        if one.cell.relation not in BY_PLACE:
            role = one.cell.role if one.cell.relation in ROLE_BY_RECORD else None
            await relate(session, case_id, one.person_id, one.cell.relation, role, cut, FOREVER)
    return made


def post_of(cell: Cell) -> str:
    """The role of the subject's post."""
    return STAND_IN if cell.role in WITHOUT_POST else cell.role


def _standing(cell: Cell, at: str, guest: Guest, desk: Desk, cut: datetime) -> Standing:
    """Who was sent the case sees it up to then, but for the province, which oversees it all the same."""
    ends = cut if cell.relation == "sent" and cell.tier != "P" else None
    return Standing(cell, at, guest.token, guest.person_id, allowed(cell.tier, pairs_of(cell)), desk, ends)
