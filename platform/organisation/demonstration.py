"""The people with whom the platform is shown: one account per tier and role of the reference case, one password.

Who they are stands in `data/demonstration.csv`; all of them are fictitious. Several lines of one login are several
posts of one person. Those whose post asks for a second factor have one whose secret anybody can reckon.
"""

import asyncio
import csv
from base64 import b32encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Forbidden
from foundation.language import N_
from foundation.store import instant
from organisation.divisions import DATA
from organisation.fictitious import fictitious_name, fixed_id
from organisation.staffing import SINCE, post_row
from tenants import one_time, passwords
from tenants.accounts import Account, SecondFactor
from tenants.contacts import OfficeContact
from tenants.models import Office, OfficialStatus, Person, Place, Post, Tenant
from tenants.roles import ROLE_NAMES
from tenants.second_factor import required

FILE = DATA / "demonstration.csv"
FIRST_NAME = 100_000
"""Far from the numbers of the staff, so that names differ."""


class NotOfDemonstration(Forbidden):
    """A real person's code is shown by that person's authenticator alone."""

    code = "not_of_demonstration"
    message = N_("只能显示已启用两步验证的演示账号的验证码")


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
    second_factor: bool


class Desk(Struct, frozen=True):
    """An office as the rows name it."""

    id: int
    name: str
    tier: str


async def demonstrate(session: AsyncSession, password: str) -> list[DemoAccount]:
    """Make the people unless they are there; returns the table to print: the posts that they hold now, which a plan
    for the tree may have ended or brought elsewhere. The tree must stand; an owner's session."""
    rows = read_rows()
    if not await session.scalar(select(Account.id).where(Account.login == rows[0].login)):
        offices = await _offices(session)
        strong = {row.login for row in rows if required(row.role, offices[row.code, row.office].tier)}
        await _insert(session, rows, offices, _people(rows), password)
        await session.execute(insert(SecondFactor), [_factor(login) for login in sorted(strong)])
    return await _standing(session, list(dict.fromkeys(row.login for row in rows)))


async def _standing(session: AsyncSession, logins: Sequence[str]) -> list[DemoAccount]:
    now = instant(session)
    query = (
        select(Account.login, Person.name, Post.role, Office.name, SecondFactor.account_id.is_not(None))
        .join(Person, Person.id == Account.person_id)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .where(Account.login.in_(logins), Post.since <= now, or_(Post.until.is_(None), Post.until > now))
        .order_by(Post.since, Post.id)
    )
    rows = (await session.execute(query)).all()
    found = [DemoAccount(login, name, ROLE_NAMES[role], office, strong) for login, name, role, office, strong in rows]
    return sorted(found, key=lambda one: logins.index(one.login))


def open_secret(login: str) -> str:
    """Of a second factor of the demonstration: no secret at all, whoever reads this can reckon its codes."""
    return b32encode(sha256(f"tiaojie demonstration {login}".encode()).digest()[:20]).decode()


async def present_code(session: AsyncSession, login: str) -> str:
    """A code that the account takes now, if its second factor is the demonstration's; an owner's session."""
    query = select(SecondFactor).join(Account, Account.id == SecondFactor.account_id).where(Account.login == login)
    factor = (await session.scalars(query)).one_or_none()
    if factor is None or factor.secret != open_secret(login):
        raise NotOfDemonstration
    return one_time.code_of(factor.secret, max(one_time.step_of(instant(session)), factor.last_step + 1))


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


async def _offices(session: AsyncSession) -> dict[tuple[str, str], Desk]:
    """By civil affairs code and kind."""
    query = (
        select(Place.code_mca, Office.kind, Office.id, Office.name, Tenant.tier)
        .join(Tenant, Tenant.place_id == Place.id)
        .join(Office, Office.tenant_id == Tenant.id)
        .where(Place.code_mca.in_({row.code for row in read_rows()}), Office.valid_to.is_(None))
    )
    found = await session.execute(query)
    return {(code or "", kind): Desk(office, name, tier) for code, kind, office, name, tier in found}


async def _insert(
    session: AsyncSession,
    rows: Sequence[Row],
    offices: Mapping[tuple[str, str], Desk],
    names: Mapping[str, tuple[UUID, str]],
    password: str,
) -> None:
    """Each person's first line says who that is; every line is a post."""
    people = [(row, *names[row.login]) for row in {row.login: row for row in reversed(rows)}.values()]
    digests = await asyncio.gather(*(passwords.digest(password) for _ in people))
    persons = [{"id": person, "name": name, "profession": row.profession or None} for row, person, name in people]
    accounts = [_account(row, person, digest) for (row, person, _), digest in zip(people, digests, strict=True)]
    posts = [_post(row, names[row.login][0], offices[row.code, row.office].id) for row in rows]
    statuses = [_status(row, person) for row, person, _ in people if row.official]
    contacts = [_contact(office) for office in {offices[row.code, row.office].id: None for row in rows}]
    made = (Person, persons), (Account, accounts), (Post, posts), (OfficialStatus, statuses), (OfficeContact, contacts)
    for model, values in made:
        await session.execute(insert(model), values)


def _account(row: Row, person: UUID, digest: str) -> dict[str, Any]:
    return {"id": _account_id(row.login), "person_id": person, "login": row.login, "password_hash": digest}


def _account_id(login: str) -> UUID:
    return fixed_id(SINCE, f"account:{login}")


def _factor(login: str) -> dict[str, Any]:
    return {"account_id": _account_id(login), "secret": open_secret(login), "last_step": 0, "enrolled_at": SINCE}


def _post(row: Row, person: UUID, office: int) -> dict[str, Any]:
    return post_row(fixed_id(SINCE, f"post:{row.login}:{row.role}"), person, office, row.role)


def _contact(office: int) -> dict[str, Any]:
    """An address and a telephone that there are not."""
    told = {"address": f"信访接待中心{office}号（演示）", "telephone": f"000-{office:07d}"}
    return {"office_id": office, **told, "recorded_at": SINCE}


def _status(row: Row, person: UUID) -> dict[str, Any]:
    return {
        "id": fixed_id(SINCE, f"official:{row.login}"),
        "person_id": person,
        "kind": row.official,
        "since": SINCE.date(),
        "evidence": "任职文件（演示）",
    }
