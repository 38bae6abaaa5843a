"""收款账户: where a person who works here is paid. Personal data (N4): sealed, masked, revealed with a reason."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import audit, money
from foundation.cipher import Sealed
from foundation.errors import Forbidden, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Person
from tenants.subject import Subject
from tenants.tokens import require_session

LENGTH = range(8, 33)
SHOWN = 4
NEWEST = 50
ACCOUNTS = text("select person, account_of(person) from unnest(cast(:people as uuid[])) as person")


class PayeeAccount(Base):
    """Never changed: a later one takes its place, and who entered which stays on file."""

    __tablename__ = "payee_accounts"
    __table_args__ = (Index("ix_payee_accounts_person", "person_id", "recorded_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    number: Mapped[str] = mapped_column(Sealed("payee_accounts.number"))
    bank: Mapped[str] = mapped_column(comment="the branch, as the bank's form wants it")
    bank_code: Mapped[str | None] = mapped_column(comment="the branch's twelve digits")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))

    @property
    def masked(self) -> str:
        return "*" * (len(self.number) - SHOWN) + self.number[-SHOWN:]


class AccountReveal(Base):
    """One look at a clear number: whose, by whom, what for. The person sees it."""

    __tablename__ = "account_reveals"
    __table_args__ = (Index("ix_account_reveals_person", "person_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="of who looked")
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("payee_accounts.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), comment="whose account")
    seen_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    batch_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payment_batches.id"), comment="for whose file; null = a look with a reason"
    )
    reason: Mapped[str | None] = mapped_column(Sealed("account_reveals.reason"))
    recorded_at: Mapped[datetime]


class AccountForm(Struct, frozen=True, kw_only=True):
    number: Annotated[str, Meta(title=N_("收款账号"), max_length=60, extra={"compact": True})]
    bank: Annotated[str, Meta(title=N_("开户行（写到网点）"), min_length=2, max_length=80, pattern=r"\S")]
    bank_code: (
        Annotated[
            str,
            Meta(title=N_("联行号"), description=N_("十二位数字，可以不填"), pattern=r"^\d{12}$"),
        ]
        | None
    ) = None


class RevealForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[
        str,
        Meta(title=N_("查看理由"), description=N_("查看会记录，本人可以看到"), min_length=4, max_length=200),
    ]


class AccountView(Struct, frozen=True):
    id: UUID
    masked: str
    bank: str
    bank_code: str | None
    recorded_at: datetime
    by_self: bool


class LookView(Struct, frozen=True):
    """For the person whose account it is."""

    at: datetime
    office: str
    person: str
    reason: str | None
    for_batch: bool


async def own_account(session: AsyncSession, subject: Subject) -> AccountView | None:
    """The subject's own, as it is paid to now."""
    query = select(PayeeAccount).where(PayeeAccount.person_id == subject.person_id)
    newest = query.order_by(PayeeAccount.recorded_at.desc(), PayeeAccount.id.desc()).limit(1)
    row = (await session.scalars(newest)).one_or_none()
    return None if row is None else view(row)


async def set_own_account(session: AsyncSession, subject: Subject, form: AccountForm) -> AccountView:
    """By a session alone: no program says where a person is paid. Raises InvalidInput."""
    require_session(subject)
    return view(await _record(session, subject, subject.person_id, form))


async def payee(session: AsyncSession, subject: Subject, person_id: UUID) -> str:
    """The name of a person of the own tenant or below, whose account the cashier may enter; never the own.

    Raises Forbidden, NotFound.
    """
    gate.require_role(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    if person_id == subject.person_id:
        raise Forbidden
    if not await session.scalar(select(func.person_below(person_id))):
        raise NotFound
    return (await session.get_one(Person, person_id)).name


async def set_account(session: AsyncSession, subject: Subject, person_id: UUID, form: AccountForm) -> AccountView:
    """By the cashier, for a payee. Raises Forbidden, NotFound."""
    require_session(subject)
    await payee(session, subject, person_id)
    return view(await _record(session, subject, person_id, form))


async def account_of(session: AsyncSession, subject: Subject, account_id: UUID) -> tuple[PayeeAccount, str]:
    """An account that the cashier may ask to see, and whose it is. Raises Forbidden, NotFound."""
    gate.require_role(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    account = await session.get(PayeeAccount, account_id)
    if account is None:
        raise NotFound
    return account, (await session.get_one(Person, account.person_id)).name


async def reveal_account(session: AsyncSession, subject: Subject, account_id: UUID, form: RevealForm) -> str:
    """The clear number, on record. Raises Forbidden, NotFound."""
    require_session(subject)
    account, _ = await account_of(session, subject, account_id)
    await note_reveal(session, subject, account, reason=form.reason)
    return account.number


async def note_reveal(
    session: AsyncSession,
    subject: Subject,
    account: PayeeAccount,
    *,
    reason: str | None = None,
    batch_id: UUID | None = None,
) -> None:
    """For the person to see, and in the audit."""
    if subject.tenant_id is None:
        raise Forbidden
    now = instant(session)
    session.add(
        AccountReveal(
            id=new_id(now),
            tenant_id=subject.tenant_id,
            office_id=subject.office_id,
            account_id=account.id,
            person_id=account.person_id,
            seen_by=subject.person_id,
            batch_id=batch_id,
            reason=reason,
            recorded_at=now,
        )
    )
    await _audit(session, subject, account.id, seen=True)


async def looks_at_own(session: AsyncSession, subject: Subject) -> Sequence[LookView]:
    """The newest looks at the subject's own account."""
    query = (
        select(AccountReveal, Office.name, Person.name)
        .outerjoin(Office, Office.id == AccountReveal.office_id)
        .join(Person, Person.id == AccountReveal.seen_by)
        .where(AccountReveal.person_id == subject.person_id)
        .order_by(AccountReveal.recorded_at.desc(), AccountReveal.id.desc())
        .limit(NEWEST)
    )
    return [
        LookView(row.recorded_at, office or "", person, row.reason, row.batch_id is not None)
        for row, office, person in await session.execute(query)
    ]


async def account_ids(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, UUID]:
    """By person, the account paid to now, also of people of other tenants: an id tells nobody anything. Who has given
    none is absent."""
    rows = await session.execute(ACCOUNTS, {"people": list(people)})
    return {person: account for person, account in rows if account is not None}


def view(row: PayeeAccount) -> AccountView:
    return AccountView(row.id, row.masked, row.bank, row.bank_code, row.recorded_at, row.recorded_by == row.person_id)


async def _record(session: AsyncSession, subject: Subject, person_id: UUID, form: AccountForm) -> PayeeAccount:
    now = instant(session)
    row = PayeeAccount(
        id=new_id(now),
        person_id=person_id,
        number=_number(form.number),
        bank=form.bank.strip(),
        bank_code=form.bank_code,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    await session.flush()
    await _audit(session, subject, row.id, set=True)
    return row


def _number(typed: str) -> str:
    """Full-width digits are taken as the digits they are."""
    digits = money.narrow(typed).replace("-", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in LENGTH):
        raise invalid("number", "malformed", N_("账号为 8 至 32 位数字"))
    return digits


async def _audit(session: AsyncSession, subject: Subject, account_id: UUID, **detail: bool) -> None:
    """Without a number and without a name."""
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.SUBSIDY_PAY, "payee_account", str(account_id), detail=detail
    )
    if subject.tenant_id is not None:
        await audit.append(session, entry, subject.tenant_id)
