"""Duty as the tests take its steps: a roster, signing in at the hour, the month's approval, accounts to be paid to."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import select

from foundation.clock import SHANGHAI
from foundation.forms import parse
from foundation.ids import new_id
from foundation.store import instant
from funding import duty_claims
from funding.duty_approval import MonthForm, approve_month
from funding.duty_days import DutyPay, DutySheet, PersonDay
from funding.payment_accounts import AccountForm, set_own_account
from organisation.duty_attendance import LateForm
from organisation.duty_roster import RosterForm, roster
from tenants.models import Post
from tenants.subject import Subject
from tests.world import World

ON_DUTY = ("xgll.duty_a", "xgll.duty_b")
OFFICIAL = "xgll.duty_c"
MANAGER = "xgll.daily"


def at(world: World, day: str, hour: str = "09:00") -> None:
    """The clock in Yunnan; it only goes on."""
    moment = datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=SHANGHAI).astimezone(UTC)
    assert moment >= world.clock.now()
    world.clock.advance(seconds=(moment - world.clock.now()) / timedelta(seconds=1))


async def on_roster(
    world: World,
    *rows: tuple[str, str, str],
    manager: str = MANAGER,
    role: str | None = None,
    station: str = "xgll.duty_a",
) -> list[UUID]:
    """Each row: login, day, part."""
    shifts = [
        {"person_id": str((await world.subject(login)).person_id), "day": day, "part": part}
        for login, day, part in rows
    ]
    form = parse(RosterForm, {"office_id": await world.office(station), "shifts": shifts}, strict=True)
    async with world.as_(manager, role) as (session, subject):
        return [shift.id for shift in await roster(session, subject, form)]


async def sign_in(world: World, login: str, shift: UUID, like: str | None = None) -> PersonDay:
    """At the own station, or acting in the post at the other's (`like`)."""
    subject = await world.subject(login) if like is None else await acting_like(world, login, like)
    async with world.store.scoped(subject.scope) as session:
        return await duty_claims.check_in(session, subject, shift)


async def acting_like(world: World, login: str, like: str) -> Subject:
    there = await world.subject(like)
    own = await world.subject(login)
    return structs.replace(own, tenant_id=there.tenant_id, office_id=there.office_id, post_id=None)


async def late(world: World, shift: UUID, manager: str = MANAGER) -> PersonDay:
    async with world.as_(manager) as (session, subject):
        return await duty_claims.enter_late(session, subject, shift, LateForm(reason="当日系统停用，主任在场可以证明"))


async def worked(world: World, *rows: tuple[str, str, str]) -> list[PersonDay]:
    """Rostered today, and signed in on each day at nine or two o'clock."""
    shifts = await on_roster(world, *rows)
    days = []
    for shift, (login, day, part) in zip(shifts, rows, strict=True):
        at(world, day, "14:00" if part == "afternoon" else "09:00")
        days.append(await sign_in(world, login, shift))
    return days


async def approve(world: World, month: str, login: str = "xgll.reviewer") -> list[DutyPay]:
    async with world.as_(login) as (session, subject):
        sheet = await approve_month(session, subject, parse(MonthForm, {"month": month}, strict=True))
    async with world.owner() as session:
        query = select(DutyPay).join(DutySheet).where(DutySheet.id == sheet.id).order_by(DutyPay.fen.desc())
        return list(await session.scalars(query))


async def another_post(world: World, login: str, role: str, like: str) -> None:
    """The person has a post at the other's office too."""
    async with world.owner() as session:
        now = instant(session)
        person, office = (await world.subject(login)).person_id, await world.office(like)
        session.add(Post(id=new_id(now), person_id=person, office_id=office, role=role, since=now - timedelta(days=1)))


async def day_on_file(world: World, day: PersonDay) -> PersonDay:
    async with world.owner() as session:
        return await session.get_one(PersonDay, day.id)


async def has_account(world: World, login: str, number: str = "6222021234567890123", **form: Any) -> UUID:
    stated = AccountForm(number=number, bank="中国银行香格里拉支行", **form)
    async with world.as_(login) as (session, subject):
        return (await set_own_account(session, subject, stated)).id
