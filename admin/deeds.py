"""The forms of the office: open and close an office, invite, give and end posts, close and open accounts."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import contact_deed, finding, people_deeds
from admin.forms import OfficeForm
from foundation.errors import invalid
from foundation.forms import REQUIRED, parse
from foundation.language import N_, translate
from foundation.store import Store
from organisation.invitations import InvitationForm, disable_account, enable_account, invite
from organisation.offices import OfficeForm as NewOffice
from organisation.offices import OpenedKind, close_office, open_office
from organisation.posts import PostForm, end_post, give_post
from tenants.committees import CommitteeKind
from tenants.roles import PROFESSIONS, ROLE_NAMES
from tenants.subject import Subject
from tenants.tiers import OFFICE_NAMES, OfficeKind

OPENED = {OfficeKind(kind.value): OFFICE_NAMES[OfficeKind(kind.value)] for kind in OpenedKind}
COMMITTEES = {kind: kind.label for kind in CommitteeKind}
OFFICE_HELP = N_("机构的全名或编号，见机构名册")
PERSON_HELP = N_("登录名、姓名或人员编号")
ROLE_HELP = N_("岗位的名称，如 人民调解员")

WAITS = N_("岗位待安全管理员确认，确认前没有任何权限")

OfficeWords = Annotated[str, Meta(title=N_("机构"), description=OFFICE_HELP, max_length=80)]
PersonWords = Annotated[str, Meta(title=N_("人员"), description=PERSON_HELP, max_length=80)]
RoleWords = Annotated[str, Meta(title=N_("岗位"), description=ROLE_HELP, max_length=40)]
LoginWords = Annotated[str, Meta(title=N_("登录名"), max_length=40)]


class Opening(Struct):
    tenant: Annotated[str, Meta(title=N_("所属单位"), description=N_("单位的全名或编号，见单位名册"), max_length=80)]
    kind: Annotated[
        str,
        Meta(title=N_("类别"), description=N_("人民调解委员会、信访接待窗口或信访联系点"), max_length=40),
    ]
    name: Annotated[str, Meta(title=N_("名称"), max_length=60)]
    committee: (
        Annotated[
            str,
            Meta(
                title=N_("派驻的人民调解委员会"),
                description=N_("全名或编号；窗口和联系点必须填"),
                max_length=80,
            ),
        ]
        | None
    ) = None
    committee_kind: (
        Annotated[
            str,
            Meta(
                title=N_("调委会类别"),
                description=N_("设立调委会时填，如 行业性人民调解委员会"),
                max_length=40,
            ),
        ]
        | None
    ) = None


class Closing(Struct):
    office: OfficeWords


class Inviting(Struct):
    name: Annotated[str, Meta(title=N_("姓名"), max_length=40)]
    office: OfficeWords
    role: RoleWords
    login: LoginWords
    profession: (
        Annotated[str, Meta(title=N_("职业"), description=N_("如 人民调解员、律师、公证员；没有的不填"), max_length=40)]
        | None
    ) = None


class InvitingAgain(Struct):
    person: PersonWords
    login: Annotated[str, Meta(title=N_("登录名"), description=N_("还没有账号的才填"), max_length=40)] | None = None


class PostOf(Struct):
    person: PersonWords
    office: OfficeWords
    role: RoleWords


class OfAccount(Struct):
    login: LoginWords


async def opening(session: AsyncSession, subject: Subject, form: Opening) -> str:
    tenant = await finding.tenant(session, "tenant", form.tenant)
    kind = OpenedKind(finding.chosen("kind", form.kind, OPENED))
    committee = None if form.committee is None else await finding.office(session, "committee", form.committee)
    trade = None if form.committee_kind is None else finding.chosen("committee_kind", form.committee_kind, COMMITTEES)
    committee_kind = None if trade is None else CommitteeKind(trade)
    office = await open_office(session, subject, NewOffice(tenant, kind, form.name, committee, committee_kind))
    return translate(N_("已设立%(name)s，编号 %(number)s"), name=office.name, number=office.id)


async def closing(session: AsyncSession, subject: Subject, form: Closing) -> str:
    office = await close_office(session, subject, await finding.office(session, "office", form.office))
    return translate(N_("%(name)s已撤销"), name=office.name)


async def giving(session: AsyncSession, subject: Subject, form: PostOf) -> str:
    person = await finding.person(session, "person", form.person)
    post = await give_post(session, subject, await _post(session, form.office, form.role, person_id=person))
    return translate(WAITS) if post.since is None else translate(N_("岗位已设，自现在起"))


async def ending(session: AsyncSession, subject: Subject, form: PostOf) -> str:
    """All posts of that role there: the person is to have none."""
    person = await finding.person(session, "person", form.person)
    office = await finding.office(session, "office", form.office)
    found = await finding.posts(session, person, office, finding.chosen("role", form.role, ROLE_NAMES))
    if not found:
        raise invalid("role", "not_held", N_("此人在这个机构没有这个岗位"))
    for post in found:
        await end_post(session, subject, post)
    return translate(N_("岗位已撤，自现在起"))


class Invitations:
    """Needs to know where the platform is reached: the link is shown here, this once."""

    def __init__(self, public_url: str) -> None:
        self.public_url = public_url

    async def new(self, session: AsyncSession, subject: Subject, form: Inviting) -> str:
        wanted = await _post(session, form.office, form.role, name=form.name, profession=form.profession)
        post = await give_post(session, subject, wanted)
        link = await self._invite(session, subject, post.person_id, form.login)
        return f"{link} {translate(WAITS)}" if post.since is None else link

    async def again(self, session: AsyncSession, subject: Subject, form: InvitingAgain) -> str:
        """Also for a forgotten password; whoever has no account yet gets one."""
        person = await finding.person(session, "person", form.person)
        known = await session.scalar(LOGIN, {"person": person})
        if known and form.login and form.login.lower() != known:
            raise invalid("login", "has_account", N_("此人已有账号，登录名是 %(login)s"), login=known)
        login = known or form.login
        if login is None:
            raise invalid("login", "required", REQUIRED)
        return await self._invite(session, subject, person, login)

    async def _invite(self, session: AsyncSession, subject: Subject, person: UUID, login: str) -> str:
        token = await invite(
            session, subject, parse(InvitationForm, {"person_id": person, "login": login}, strict=False)
        )
        return translate(
            N_("邀请链接（只显示这一次，七天内可用一次）：%(link)s"), link=f"{self.public_url}/invitations/{token}"
        )


async def disabling(session: AsyncSession, subject: Subject, form: OfAccount) -> str:
    await disable_account(session, subject, form.login)
    return translate(N_("账号已停用，其会话随即结束"))


async def enabling(session: AsyncSession, subject: Subject, form: OfAccount) -> str:
    await enable_account(session, subject, form.login)
    return translate(N_("账号已启用"))


async def _post(
    session: AsyncSession,
    office: str,
    role: str,
    *,
    person_id: UUID | None = None,
    name: str | None = None,
    profession: str | None = None,
) -> PostForm:
    office_id = await finding.office(session, "office", office)
    role = finding.chosen("role", role, ROLE_NAMES)
    if profession is not None:
        profession = finding.chosen("profession", profession, PROFESSIONS)
    return PostForm(office_id, role, person_id, name, profession)


LOGIN = text("select login from subtree_accounts where person_id = :person")
OFFICES, PEOPLE, ACCOUNTS = N_("机构"), N_("人员和岗位"), N_("账号")


def office_forms(store: Store, public_url: str) -> list[OfficeForm]:
    """All of them, as the menu groups them."""
    links = Invitations(public_url)
    rows = (
        (
            "open-office",
            N_("设立机构"),
            OFFICES,
            N_("调委会、窗口、联系点；窗口和联系点由一个调委会派驻"),
            Opening,
            opening,
        ),
        ("close-office", N_("撤销机构"), OFFICES, N_("没有案件、移交、岗位和派驻站点的机构才能撤销"), Closing, closing),
        ("invite-person", N_("邀请新人员"), PEOPLE, N_("新建人员、岗位和账号，得到一个邀请链接"), Inviting, links.new),
        ("give-post", N_("设岗"), PEOPLE, N_("给在册人员再设一个岗位；管理员岗位不与办案岗位兼任"), PostOf, giving),
        ("end-post", N_("撤岗"), PEOPLE, N_("自现在起不再任职，正在进行的会话随之结束"), PostOf, ending),
        ("invite-again", N_("再次邀请"), ACCOUNTS, N_("忘记口令，或在册人员还没有账号"), InvitingAgain, links.again),
        ("disable-account", N_("停用账号"), ACCOUNTS, N_("停用后不能登录"), OfAccount, disabling),
        ("enable-account", N_("启用账号"), ACCOUNTS, N_("重新启用，并解除口令错误的锁定"), OfAccount, enabling),
    )
    return [OfficeForm(store, *row) for row in (*rows, contact_deed.ROW, *people_deeds.ROWS)]
