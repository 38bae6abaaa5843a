"""`tiaojie accounts`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import rich_click as click
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, InvalidInput, NotFound
from foundation.forms import parse
from foundation.settings import Settings, load_settings
from organisation.demonstration import present_code
from organisation.factors import reset_factor
from organisation.invitations import InvitationForm, disable_account, enable_account, invite
from organisation.posts import PostForm, give_post
from server.deployed import deployed
from server.operator import OPERATOR, operating
from server.parts import use_field_keys
from server.progress import Progress
from tenants.accounts import Account
from tenants.directory import offices_named
from tenants.roles import PROFESSIONS, ROLE_NAMES

Answer = TypeVar("Answer")
NUMBER = click.IntRange(1, 2**31 - 1)
"""Of an office, as the database gives it."""


@click.group("accounts")
def command() -> None:
    """人员账号 · people, their posts and accounts.

    An account has no password until its person opens the invitation: the link is printed once and works for seven days.
    """


@command.command("offices")
@click.argument("words", nargs=-1, required=True)
def offices_(words: tuple[str, ...]) -> None:
    """按名称查机构编号 · find an office's number by words of its name.

    \b
      tiaojie accounts offices 香格里拉 司法局
    """
    found = _operate(lambda session: offices_named(session, " ".join(words)))
    if not found:
        click.echo("没有找到 / not found", err=True)
        sys.exit(1)
    for office in found:
        click.echo(f"{office.id}\t{office.name}\t{office.above or ''}")


@command.command("create")
@click.argument("login")
@click.option("--name", required=True, help="姓名 · the person's name")
@click.option(
    "--office",
    type=NUMBER,
    required=True,
    help="机构编号 · number of the office (see `accounts offices`)",
)
@click.option("--role", type=click.Choice(sorted(ROLE_NAMES)), required=True, help="岗位 · role of the post")
@click.option("--profession", type=click.Choice(sorted(PROFESSIONS)), help="职业 · licence or appointment")
def create(login: str, name: str, office: int, role: str, profession: str | None) -> None:
    """新建人员、岗位和账号 · a person, a post and an account; prints the invitation.

    \b
      tiaojie accounts create chen.admin --name 陈明 --office 10031 --role sysadmin
    """

    async def made(session: AsyncSession) -> str:
        post = await give_post(session, OPERATOR, PostForm(office, role, name=name, profession=profession))
        return await invite(session, OPERATOR, _invitation(post.person_id, login))

    _show_link(_operate(made))


@command.command("invite")
@click.argument("login")
def invite_(login: str) -> None:
    """再次邀请 · a new link for an account, also when its password was forgotten."""

    async def invited(session: AsyncSession) -> str:
        return await invite(session, OPERATOR, _invitation(await _person(session, login), login))

    _show_link(_operate(invited))


@command.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """停用账号 · nobody signs in with it any more; open sessions end."""
    _operate(lambda session: disable_account(session, OPERATOR, login))
    click.echo(f"{login}: 已停用 / disabled")


@command.command("enable")
@click.argument("login")
def enable(login: str) -> None:
    """启用并解锁账号 · open a disabled account, or one that failed attempts have locked."""
    _operate(lambda session: enable_account(session, OPERATOR, login))
    click.echo(f"{login}: 已启用 / enabled")


@command.command("reset-factor")
@click.argument("login")
def reset_factor_(login: str) -> None:
    """重置两步验证 · take a lost second factor away; open sessions end, the password stays."""
    _operate(lambda session: reset_factor(session, OPERATOR, login))
    click.echo(f"{login}: 已重置 / reset")


@command.command("code")
@click.argument("login")
def code(login: str) -> None:
    """演示账号的验证码 · the present one-time code of a demonstration account; of nobody else.

    \b
      tiaojie accounts code yunnan.admin
    """
    use_field_keys(_settings())
    click.echo(_operate(lambda session: present_code(session, login)))


def _invitation(person_id: UUID, login: str) -> InvitationForm:
    return parse(InvitationForm, {"person_id": str(person_id), "login": login}, strict=False)


async def _person(session: AsyncSession, login: str) -> UUID:
    person_id = await session.scalar(select(Account.person_id).where(Account.login == login))
    if person_id is None:
        raise NotFound
    return person_id


def _operate(ask: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    """Ask in one transaction of the operator's; a refusal is one line and exit code 1."""

    async def asked() -> Answer:
        async with operating(endpoints) as session:
            return await ask(session)

    try:
        with deployed(_settings(), Progress()) as endpoints:
            return asyncio.run(asked())
    except DomainError as error:
        click.echo(f"{error.text('zh')} / {error.text('en')}", err=True)
        for field in error.fields if isinstance(error, InvalidInput) else ():
            click.echo(f"  {field.field}: {field.text('zh')} / {field.text('en')}", err=True)
        sys.exit(1)


def _show_link(token: str) -> None:
    click.echo(f"{_settings().public_url}/invitations/{token}")


def _settings() -> Settings:
    return load_settings(os.environ)
