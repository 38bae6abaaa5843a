"""Lending as its people do it, for the tests of delegations."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from access.delegating import delegate_class
from access.delegation import Delegation
from access.delegation_form import ClassForm, RevokeForm
from access.revoking import revoke
from cases.filters import Filters
from cases.lists import page
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Forbidden, NotFound
from foundation.forms import parse
from foundation.store import Store
from policies import gate
from policies.actions import Action
from tests.cases.build import Walk
from tests.world import World

READING = ("case:read", "case:read.timeline", "case:read.statement")
ALWAYS = {"case:status", "recusal:declare"}


def day(world: World, days: int) -> str:
    """So many days from today, in Yunnan."""
    return str(local_date(world.clock.now() + timedelta(days=days)))


def terms(world: World, days: int = 10, **more: Any) -> dict[str, Any]:
    """A filled form: reading, for ten days."""
    return {"actions": list(READING), "until": day(world, days), "purpose": "协助核对材料", **more}


async def person(world: World, login: str) -> str:
    return str((await world.subject(login)).person_id)


async def lend(walk: Walk, lender: str, borrower: str, **more: Any) -> Delegation:
    """To a person, on the walk's case; returns the newest delegation."""
    to = await person(walk.world, borrower)
    await walk.do(lender, "delegate", to_person_id=to, **terms(walk.world, **more))
    return await newest(walk)


async def lend_class(world: World, lender: str, **form: Any) -> Delegation:
    world.clock.advance(seconds=1)
    async with world.as_(lender) as (session, subject):
        return await delegate_class(session, subject, parse(ClassForm, form, strict=True))


async def take_back(world: World, login: str, delegation_id: UUID, store: Store | None = None) -> None:
    world.clock.advance(seconds=1)
    subject = await world.subject(login)
    async with (store or world.store).scoped(subject.scope) as session:
        await revoke(session, subject, delegation_id, RevokeForm(reason="不再需要"))


async def newest(walk: Walk) -> Delegation:
    """Of the walk's case."""
    query = select(Delegation).where(Delegation.case_id == walk.case_id).order_by(Delegation.id.desc()).limit(1)
    async with walk.world.owner() as session:
        return (await session.scalars(query)).one()


async def kept(world: World, delegation_id: UUID) -> Delegation:
    async with world.owner() as session:
        return await session.get_one(Delegation, delegation_id)


async def may(world: World, login: str, case_id: UUID, store: Store | None = None) -> frozenset[str]:
    """All that the person may do with the case; empty for who does not even see its status."""
    subject = await world.subject(login)
    async with (store or world.store).scoped(subject.scope) as session:
        try:
            case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
        except (NotFound, Forbidden):
            return frozenset()
        return (await gate.permissions(session, subject, case)).actions


async def listed(world: World, login: str) -> set[UUID]:
    """The cases on the person's list."""
    subject = await world.subject(login)
    async with world.store.reading(subject.scope) as reading:
        return {row.id for row in (await page(reading, subject, Filters(), size=10_000)).rows}


def allowed(actions: Sequence[str] = READING) -> frozenset[str]:
    return frozenset({*actions, *ALWAYS})


async def end_classes(world: World) -> None:
    """The province is shared: a class that stays lent would reach the cases of every later test."""
    end = "update delegations set revoked_at = scope_now() where case_id is null and revoked_at is null"
    async with world.owner() as session:
        await session.execute(text(end))
