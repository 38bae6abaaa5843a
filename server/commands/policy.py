"""`tiaojie policy`."""

import asyncio
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import rich_click as click
from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from access.sight import Seer, who_can_see
from cases.models import Case
from cases.relations import FOREVER
from foundation import audit
from foundation.clock import SHANGHAI
from foundation.endpoints import Endpoints
from foundation.errors import NotFound
from foundation.grammar import Happening
from foundation.settings import load_settings
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.editions import RuleEdition, publish
from policies.explanation import Explanation
from policies.invariants import require_sound
from policies.rules import FILE, PolicyBroken, load
from policies.table import ask_casbin
from policies.words import GROUP_NAMES
from server.deployed import deployed
from server.operator import OPERATOR, operating
from server.progress import Progress
from tenants.accounts import Account
from tenants.models import Office, Post, Tenant
from tenants.subject import Subject
from tenants.tiers import Tier


@click.group("policy")
def command() -> None:
    """访问规则 · the rules of access: who may do and see what."""


@command.command("check")
def check() -> None:
    """检查规则 · read rules.csv, ask Casbin for every cell it names, and say what stands.

    A broken file is refused with its line (then the service would not start either), and one that breaks an invariant,
    with its name.

    \b
      tiaojie policy check
    """
    try:
        book = require_sound(load())
    except PolicyBroken as broken:
        click.echo(f"规则有误 / the rules are broken: {_said(broken)}", err=True)
        sys.exit(1)
    table = ask_casbin(book)
    named = {cell for rule in book.rules.values() for cell in rule.cells()}
    roles = {role for role, _, _, _ in table.cells}
    click.echo(f"规则 rules {len(book.rules)} · 岗位 roles {len(roles)} · 单元 cells {len(table.cells)}")
    click.echo(f"版本 version {book.version[:12]}")
    if missing := named - table.cells.keys():
        click.echo(
            f"Casbin 拒绝了规则写明的 {len(missing)} 个单元 / refused by Casbin though a rule names them", err=True
        )
        sys.exit(1)


@command.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=FILE)
def publish_(file: Path) -> None:
    """发布规则 · put the rules of FILE (those of this version of the program) in force, in every process at once.

    The operator's way, for upgrades; the page 规则 (/policy) asks for two persons, this for whoever may run commands as
    the owner, and the list of editions says which it was. A running web server or worker takes them within a second.
    Broken rules are refused with their line, and those in force stay. Publish again after an upgrade: until then the
    published rules prevail over those of the program.

    \b
      tiaojie policy publish rules.csv
    """
    try:
        require_sound(load(file))
        with deployed(load_settings(os.environ), Progress()) as endpoints:
            edition = asyncio.run(_publish(endpoints, file.read_text(encoding="utf-8")))
    except (PolicyBroken, UnicodeDecodeError) as broken:
        click.echo(f"规则有误，未发布 / the rules are broken and were not published: {_said(broken)}", err=True)
        sys.exit(1)
    if edition is None:
        click.echo("这些规则已经生效 / these rules are in force already")
    else:
        click.echo(f"已发布 published · 第 {edition.number} 版 edition {edition.number} · {edition.version[:12]}")


def _said(broken: Exception) -> str:
    """Each fault on a line of its own, in both languages."""
    faults = broken.faults if isinstance(broken, PolicyBroken) else ()
    return "\n".join(f"{fault.text('en')} / {fault.text('zh')}" for fault in faults) or str(broken)


async def _publish(endpoints: Endpoints, content: str) -> RuleEdition | None:
    async with operating(endpoints, gate=False) as session:
        return await publish_on_record(session, content)


async def publish_on_record(session: AsyncSession, content: str) -> RuleEdition | None:
    """In the owner's transaction, with a link in the province's audit chain. Raises PolicyBroken."""
    edition = await publish(session, content, OPERATOR.actor)
    if edition is not None:
        province = await session.scalar(select(Tenant.id).where(Tenant.tier == Tier.PROVINCE))
        entry = audit.Entry(OPERATOR.actor, None, Happening.POLICY_PUBLISH, "rules", str(edition.number))
        await audit.append(session, entry, province or 0)
    return edition


@command.command("explain")
@click.argument("login")
@click.argument("number")
@click.argument("action", metavar="ACTION", type=click.Choice([str(action) for action in sorted(Action)]))
@click.option("--role", help="以哪个岗位 · in which of the person's posts (the first)")
def explain(login: str, number: str, action: str, role: str | None) -> None:
    """解释一次判断 · may LOGIN do ACTION with the case NUMBER, by which rule, through which relation, until when.

    NUMBER is a registration or case number. Exits with 1 when refused.

    \b
      tiaojie policy explain xgll.director 533401-00012-2026-00001 case:accept
    """
    with deployed(load_settings(os.environ), Progress()) as endpoints:
        found = asyncio.run(_explain(endpoints, login, role, number, Action(action)))
    if found is None:
        click.echo("没有这个人员、岗位或案件 / no such person, post or case", err=True)
        sys.exit(1)
    click.echo(found.zh)
    click.echo(found.en)
    if found.allowed:
        click.echo(f"规则 rule {found.rule} · 关系 relation {found.relation} · 至 until {_until(found.until)}")
        click.echo(f"可看 shows {_groups(found.groups)}")
    sys.exit(0 if found.allowed else 1)


@command.command("who")
@click.argument("number")
def who(number: str) -> None:
    """谁能看到一个案件 · everybody who can see the case NUMBER now: by which rule and relation, what of it, until when.

    \b
      tiaojie policy who 533401-00012-2026-00001
    """
    with deployed(load_settings(os.environ), Progress()) as endpoints:
        seers = asyncio.run(_who(endpoints, number))
    if seers is None:
        click.echo("没有这个案件 / no such case", err=True)
        sys.exit(1)
    for one in seers:
        click.echo(f"{one.name} · {one.role} · {one.office}")
        for ground in one.grounds:
            click.echo(f"  规则 rule {ground.rule} · {ground.relation} · 至 until {_until(ground.until)} · {ground.zh}")
            click.echo(f"  可看 shows {_groups(ground.groups)}")


def _until(until: datetime | None) -> str:
    return until.astimezone(SHANGHAI).isoformat() if until and until < FOREVER else "承办期间 / while custody lasts"


def _groups(groups: Iterable[str]) -> str:
    return "、".join(GROUP_NAMES[Action(group)] for group in groups) or "仅进度 / the status only"


async def _who(endpoints: Endpoints, number: str) -> Sequence[Seer] | None:
    async with operating(endpoints) as session:
        case = await session.scalar(select(Case).where(or_(Case.registration_no == number, Case.case_no == number)))
        return None if case is None else (await who_can_see(session, case)).seers


async def _explain(
    endpoints: Endpoints, login: str, role: str | None, number: str, action: Action
) -> Explanation | None:
    async with operating(endpoints) as session:
        try:
            return await explanation_for(session, login, role, number, action)
        except NotFound:
            return None


async def explanation_for(
    session: AsyncSession, login: str, role: str | None, number: str, action: Action
) -> Explanation:
    """In the owner's transaction, so that a case can be named that the person does not see. Raises NotFound."""
    subject = await _subject(session, login, role)
    case = await session.scalar(select(Case).where(or_(Case.registration_no == number, Case.case_no == number)))
    if subject is None or case is None:
        raise NotFound
    return await gate.explain(session, subject, action, case)


async def _subject(session: AsyncSession, login: str, role: str | None) -> Subject | None:
    posts = (
        select(Post, Office, Tenant.tier)
        .join(Account, Account.person_id == Post.person_id)
        .join(Office, Office.id == Post.office_id)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(Account.login == login, Post.since <= instant(session))
        .where(or_(Post.until.is_(None), Post.until > instant(session)))
        .where(Post.role == role if role else true())
        .order_by(Post.since, Post.id)
        .limit(1)
    )
    row = (await session.execute(posts)).one_or_none()
    if row is None:
        return None
    post, office, tier = row
    return Subject(post.person_id, post.role, tier, office.tenant_id, office.id, office.kind, post.id)
