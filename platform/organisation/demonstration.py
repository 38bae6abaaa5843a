"""The people with whom the platform is shown: one account per tier and role of the reference case, one password.

Who they are stands in `data/demonstration.csv`; all of them are fictitious. Several lines of one login are several
posts of one person.
"""

import asyncio
import csv
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from organisation.divisions import DATA
from organisation.fictitious import fictitious_name, fixed_id
from organisation.staffing import SINCE, post_row
from tenants import passwords
from tenants.accounts import Account
from tenants.models import Office, OfficialStatus, Person, Place, Post, Tenant
from tenants.roles import ROLE_NAMES

FILE = DATA / "demonstration.csv"
FIRST_NAME = 100_000
"""Far from the numbers of the staff, so that names differ."""


class Row(Struct, frozen=True):
    """One line of the file: a post, and on its first line the person."""

    login: str
    code: str
    office: str
    role: str
    profession: str
    official: str


class DemoAccount(Struct, frozen=True):
    """What is printed. `post` is a role's Chinese term."""

    login: str
    name: str
    post: str
    office: str


async def demonstrate(session: AsyncSession, password: str) -> list[DemoAccount]:
    """Make the people unless they are there; returns the table to print. The tree must stand; an owner's session."""
    rows = read_rows()
    offices = await _offices(session)
    names = _people(rows)
    if not await session.scalar(select(Account.id).where(Account.login == rows[0].login)):
        await _insert(session, rows, offices, names, password)
    return [
        DemoAccount(row.login, names[row.login][1], ROLE_NAMES[row.role], offices[row.code, row.office][1])
        for row in rows
    ]


def read_rows() -> list[Row]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


def _people(rows: Sequence[Row]) -> dict[str, tuple[UUID, str]]:
    """Login -> (person's id, name)."""
    logins = dict.fromkeys(row.login for row in rows)
    return {
        login: (fixed_id(SINCE, f"demonstration:{login}"), fictitious_name(FIRST_NAME + number))
        for number, login in enumerate(logins)
    }


async def _offices(session: AsyncSession) -> dict[tuple[str, str], tuple[int, str]]:
    """(civil affairs code, kind) -> (office's id, name)."""
    query = (
        select(Place.code_mca, Office.kind, Office.id, Office.name)
        .join(Tenant, Tenant.place_id == Place.id)
        .join(Office, Office.tenant_id == Tenant.id)
        .where(Place.code_mca.in_({row.code for row in read_rows()}), Office.valid_to.is_(None))
    )
    return {(code or "", kind): (office, name) for code, kind, office, name in await session.execute(query)}


async def _insert(
    session: AsyncSession,
    rows: Sequence[Row],
    offices: Mapping[tuple[str, str], tuple[int, str]],
    names: Mapping[str, tuple[UUID, str]],
    password: str,
) -> None:
    """Each person's first line says who that is; every line is a post."""
    people = [(row, *names[row.login]) for row in {row.login: row for row in reversed(rows)}.values()]
    digests = await asyncio.gather(*(passwords.digest(password) for _ in people))
    persons = [{"id": person, "name": name, "profession": row.profession or None} for row, person, name in people]
    accounts = [_account(row, person, digest) for (row, person, _), digest in zip(people, digests, strict=True)]
    posts = [_post(row, names[row.login][0], offices[row.code, row.office][0]) for row in rows]
    statuses = [_status(row, person) for row, person, _ in people if row.official]
    for model, values in ((Person, persons), (Account, accounts), (Post, posts), (OfficialStatus, statuses)):
        await session.execute(insert(model), values)


def _account(row: Row, person: UUID, digest: str) -> dict[str, Any]:
    key = fixed_id(SINCE, f"account:{row.login}")
    return {"id": key, "person_id": person, "login": row.login, "password_hash": digest}


def _post(row: Row, person: UUID, office: int) -> dict[str, Any]:
    return post_row(fixed_id(SINCE, f"post:{row.login}:{row.role}"), person, office, row.role)


def _status(row: Row, person: UUID) -> dict[str, Any]:
    return {
        "id": fixed_id(SINCE, f"official:{row.login}"),
        "person_id": person,
        "kind": row.official,
        "since": SINCE.date(),
        "evidence": "任职文件（演示）",
    }
