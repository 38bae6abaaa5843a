"""`tiaojie tenants plan`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import rich_click as click
from msgspec.structs import replace
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import CaseRelations
from foundation.clock import SystemClock, local_date
from foundation.endpoints import Endpoints
from foundation.errors import DomainError, InvalidInput, invalid
from foundation.language import N_, translate
from foundation.settings import load_settings
from foundation.store import Store, instant
from organisation.changes_file import FilePlan, read_plans
from organisation.divisions import BrokenFile
from organisation.tree_drafting import changes_of, draft_plan
from organisation.tree_plans import Operation, PlanState, TreeChange, TreePlan
from policies.start import open_gate
from server.catalogue import catalogue
from server.deployed import deployed
from server.operator import OPERATOR, operating
from server.parts import use_field_keys
from server.tree_job import carry_out_plans
from tenants.accounts import Account
from tenants.sessions import posts_in_force
from tenants.subject import Subject

Answer = TypeVar("Answer")
SHOWN = 50


@click.group("plan")
def command() -> None:
    """区划调整方案 · plans that change the tree: drafted, approved by two on the pages, carried out on their day."""


@command.command("list")
def list_() -> None:
    """最近的方案 · the latest plans: number, state, day, document."""

    async def found(session: AsyncSession) -> Sequence[TreePlan]:
        return (await session.scalars(select(TreePlan).order_by(TreePlan.recorded_at.desc()).limit(SHOWN))).all()

    for plan in _operate(found):
        click.echo(f"{plan.id}\t{_both(PlanState(plan.state).label)}\t{plan.effective_on}\t{plan.ground}")


@command.command("show")
@click.argument("plan", type=click.UUID)
def show(plan: UUID) -> None:
    """一份方案的内容和进度 · a plan's lines, and how far it is."""

    async def found(session: AsyncSession) -> tuple[TreePlan | None, Sequence[TreeChange]]:
        return await session.get(TreePlan, plan), await changes_of(session, plan)

    row, changes = _operate(found)
    if row is None:
        click.echo("没有找到 / not found", err=True)
        sys.exit(1)
    click.echo(f"{_both(PlanState(row.state).label)}\t{row.effective_on}\t{row.ground}\t{row.cases_done} 件 / cases")
    for change in changes:
        click.echo(_line(change))
    _tell_fault(row)


@command.command("draft")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "login", required=True, help="起草人的登录名 · login of the administrator who drafts it")
@click.option("--effective-on", type=click.DateTime(["%Y-%m-%d"]), help="生效日期 · instead of the days in the file")
def draft(file: Path, login: str, effective_on: datetime | None) -> None:
    """按文件起草 · draft what FILE says, for the administrator who answers for it; two others approve it on the pages.

    FILE is a csv with effective_on, ground, operation, code, and what the operation asks for (name, kind, new_code,
    parent_code, into_code, members, contact). Lines of one day and document make one plan.

    \b
      tiaojie tenants plan draft changes.csv --by diqing.admin
      tiaojie tenants plan draft platform/organisation/data/yunnan_changes.csv --by yunnan.admin
    """

    async def drafted(session: AsyncSession) -> list[UUID]:
        plans = read_plans(file)
        if effective_on:
            plans = [replace(plan, form=replace(plan.form, effective_on=effective_on.date())) for plan in plans]
        return await _drafted(session, await _administrator(session, login), plans)

    for made in _operate(drafted):
        click.echo(str(made))


async def _drafted(session: AsyncSession, drafter: Subject, plans: Sequence[FilePlan]) -> list[UUID]:
    """All of a file or nothing; raises BrokenFile with every line of every plan that can't be done."""
    drafted, broken = [], []
    for plan in plans:
        try:
            drafted.append((await draft_plan(session, drafter, plan.form)).id)
        except InvalidInput as refused:
            broken += plan.at_lines(refused)
    if broken:
        raise BrokenFile(*broken)
    return drafted


@command.command("run")
def run_() -> None:
    """执行到期的方案 · carry out now what the worker would within a minute: approved plans whose day has come."""

    async def ran(endpoints: Endpoints) -> int:
        store = Store(endpoints.app, SystemClock(), pool_size=4)
        try:
            catalogue()  # every room's hooks
            await open_gate(store, CaseRelations())
            return await carry_out_plans(store)
        finally:
            await store.close()

    use_field_keys(load_settings(os.environ))
    with deployed(load_settings(os.environ), _on_stderr) as endpoints:
        click.echo(f"随迁案件 {asyncio.run(ran(endpoints))} 件 / cases that came along")
    left = _operate(_left)
    for plan in left:
        click.echo(f"{plan.id}\t{_both(PlanState(plan.state).label)}\t{plan.effective_on}\t{plan.ground}", err=True)
        _tell_fault(plan)
    sys.exit(1 if left else 0)


async def _left(session: AsyncSession) -> Sequence[TreePlan]:
    """Plans whose day has come and that are not done: another process is at them, they wait for somebody's
    transaction, some of their cases are stuck, or they can't begin and say why."""
    due = (TreePlan.state == PlanState.APPROVED.value) & (TreePlan.effective_on <= local_date(instant(session)))
    query = select(TreePlan).where(or_(TreePlan.state == PlanState.RUNNING.value, due))
    return (await session.scalars(query.order_by(TreePlan.effective_on, TreePlan.recorded_at))).all()


def _tell_fault(plan: TreePlan) -> None:
    for fault in (plan.fault or {}).get("fields", ()):
        click.echo(f"  {fault['field']}: {translate(fault['message'], 'zh', **fault['params'])}", err=True)


async def _administrator(session: AsyncSession, login: str) -> Subject:
    """The command line, for who answers for the plan and therefore has no word in approving it. Raises InvalidInput."""
    query = select(Account.person_id).where(Account.login == login, Account.disabled_at.is_(None))
    person_id = await session.scalar(query)
    posts = await posts_in_force(session, person_id) if person_id else []
    if person_id is None or all(post.role != OPERATOR.role for post in posts):
        raise invalid("by", "not_a_choice", N_("没有这个登录名，或者不是在岗的系统管理员：%(login)s"), login=login)
    return replace(OPERATOR, person_id=person_id)


def _operate(ask: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    """Ask in one transaction of the operator's; a refusal names every line and ends with code 1."""

    async def asked(endpoints: Endpoints) -> Answer:
        async with operating(endpoints) as session:
            return await ask(session)

    try:
        with deployed(load_settings(os.environ), _on_stderr) as endpoints:
            return asyncio.run(asked(endpoints))
    except DomainError as error:
        click.echo(f"{error.text('zh')} / {error.text('en')}", err=True)
        for field in error.fields if isinstance(error, InvalidInput) else ():
            click.echo(f"  {field.field}: {field.text('zh')} / {field.text('en')}", err=True)
        for line in error.lines if isinstance(error, BrokenFile) else ():
            click.echo(f"  {line.line}: {line.text('zh')} / {line.text('en')}", err=True)
        sys.exit(1)


def _line(change: TreeChange) -> str:
    told = (change.code, change.name, change.kind, change.new_code, change.parent_code, change.into_code)
    words = " ".join(one for one in (*told, *change.members) if one)
    return f"  {change.ordinal + 1}\t{_both(Operation(change.operation).label)}\t{words}"


def _both(label: str) -> str:
    return f"{label} / {translate(label, 'en')}"


def _on_stderr(text: str) -> None:
    click.echo(text, err=True)
