"""Lending a bound dossier and taking it back. The case itself changes no more: these rows are beside it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.history import Audience
from cases.models import Case
from dossiers.borrowing import LONGEST, Borrowing, BorrowingReturn, Condition, Manner, Reader
from dossiers.volume import Dossier
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput, NotFound
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.models import Office, Person, Post
from tenants.subject import Subject

ANSWERS = ("committee_chair", "wr_director", "wr_deputy", "sfs_head")
"""Posts that give the consent of the body that keeps the dossier."""


class DossierOut(Conflict):
    code = "dossier_out"
    message = N_("卷宗已借出，尚未归还")


class DossierIn(Conflict):
    code = "dossier_in"
    message = N_("卷宗没有借出")


class LendForm(Struct, frozen=True, kw_only=True):
    reader: Annotated[Reader, Meta(title=N_("借阅人"))]
    borrower: Annotated[str, Meta(title=N_("借阅人姓名"), min_length=1, max_length=60)]
    unit: Annotated[str, Meta(title=N_("所在单位或者处室"), description=N_("不写人名"), min_length=2, max_length=120)]
    letter_no: Annotated[str, Meta(title=N_("单位介绍信、调卷函文号"), max_length=60)] | None = None
    purpose: Annotated[str, Meta(title=N_("借阅事由"), min_length=2, max_length=300, extra={"widget": "textarea"})]
    manner: Annotated[Manner, Meta(title=N_("借阅方式"))]
    due_on: Annotated[date, Meta(title=N_("应还日期"))]
    consented_by: (
        Annotated[
            UUID,
            Meta(
                title=N_("同意人（保管单位）"),
                description=N_("其他单位、个人借阅未移交的档案，须经保管单位同意（档案法实施条例第三十四条）"),
                extra={"options": "keepers"},
            ),
        ]
        | None
    ) = None
    identity_checked: Annotated[bool, Meta(title=N_("已核对借阅人身份"))] = False


class ReturnDossierForm(Struct, frozen=True, kw_only=True):
    condition: Annotated[Condition, Meta(title=N_("归还时状况"))]
    note: Annotated[str, Meta(title=N_("情况说明"), max_length=300)] | None = None


async def lend_dossier(session: AsyncSession, subject: Subject, case: Case, form: LendForm) -> Done:
    """One loan at a time: the row of the dossier is locked, since the case's own is not."""
    last = await _last(session, case)
    if last is not None and not await _returned(session, last):
        raise DossierOut
    keepers = await _keepers(session, case)
    if errors := list(_broken(session, form, keepers)):
        raise InvalidInput(*errors)
    now = instant(session)
    loan = Borrowing(
        id=new_id(now),
        case_id=case.id,
        ordinal=1 + (last.ordinal if last else 0),
        reader=form.reader.value,
        borrower=form.borrower,
        unit=form.unit,
        letter_no=form.letter_no,
        purpose=form.purpose,
        manner=form.manner.value,
        due_on=form.due_on,
        consented_by=form.consented_by,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(loan)
    # another body learns of the parties: they may know that it did (个人信息保护法 23)
    told = Audience.PARTIES if form.reader is Reader.OTHER else Audience.INTERNAL
    return Done(data={"loan": loan.ordinal, "reader": loan.reader, "due_on": str(loan.due_on)}, audience=told)


async def return_dossier(session: AsyncSession, subject: Subject, case: Case, form: ReturnDossierForm) -> Done:
    loan = await _last(session, case)
    if loan is None or await _returned(session, loan):
        raise DossierIn
    if form.condition is not Condition.INTACT and not form.note:
        raise InvalidInput(FieldError("note", "required", N_("有损坏、缺页的，须写明情况")))
    now = instant(session)
    row = BorrowingReturn(
        id=new_id(now),
        borrowing_id=loan.id,
        case_id=case.id,
        condition=form.condition.value,
        note=form.note,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    late = (local_date(now) - loan.due_on).days
    return Done(data={"loan": loan.ordinal, "condition": row.condition, "days_late": max(late, 0)})


def _broken(session: AsyncSession, form: LendForm, keepers: Mapping[UUID, str]) -> Iterator[FieldError]:
    today = local_date(instant(session))
    if not form.identity_checked:
        yield FieldError("identity_checked", "required", N_("须核对借阅人身份"))
    if not today <= form.due_on <= today + timedelta(days=LONGEST):
        yield FieldError("due_on", "out_of_range", N_("应还日期为今天起三十日内；还要用的，归还后重新借阅"))
    if form.consented_by is not None and form.consented_by not in keepers:
        yield FieldError("consented_by", "not_a_choice", N_("请从所列项目中选择"))
    if form.reader is Reader.OTHER and form.consented_by is None:
        yield FieldError("consented_by", "required", N_("其他单位、个人借阅未移交的档案，须经保管单位同意"))
    if form.reader is Reader.OTHER and not form.letter_no:
        yield FieldError("letter_no", "required", N_("请填写单位介绍信、调卷函文号；个人填写申请编号"))


async def _last(session: AsyncSession, case: Case) -> Borrowing | None:
    """The newest loan; whoever asks next waits until this transaction has ended."""
    held = select(Dossier.id).where(Dossier.case_id == case.id).with_for_update()
    if await session.scalar(held) is None:
        raise NotFound
    query = select(Borrowing).where(Borrowing.case_id == case.id).order_by(Borrowing.ordinal.desc()).limit(1)
    return (await session.scalars(query)).one_or_none()


async def _returned(session: AsyncSession, loan: Borrowing) -> bool:
    query = select(BorrowingReturn.id).where(BorrowingReturn.borrowing_id == loan.id)
    return await session.scalar(query) is not None


async def _keepers(session: AsyncSession, case: Case) -> dict[UUID, str]:
    """Who answers for the body that keeps the dossier: those at the head of the tenant of its office."""
    now = instant(session)
    owner = select(Office.tenant_id).join(Dossier, Dossier.office_id == Office.id).where(Dossier.case_id == case.id)
    query = (
        select(Person.id, Person.name)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .where(Office.tenant_id == owner.scalar_subquery(), Post.role.in_(ANSWERS))
        .where(Post.since <= now, or_(Post.until.is_(None), Post.until > now))
        .order_by(Person.name, Person.id)
    )
    return {person: name for person, name in await session.execute(query)}


async def keeper_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(person), name) for person, name in (await _keepers(session, case)).items()]


OUT = Fact("""exists (select from borrowings b where b.case_id = :case
    and not exists (select from borrowing_returns r where r.borrowing_id = b.id))""")


@by_facts(OUT)
def dossier_in_place(subject: Subject, case: Case, out: bool) -> DomainError | None:
    return DossierOut() if out else None


@by_facts(OUT)
def dossier_lent(subject: Subject, case: Case, out: bool) -> DomainError | None:
    return None if out else DossierIn()


ACTS = (
    Act("lend-dossier", N_("登记借阅"), Action.DOSSIER_LEND, LendForm, lend_dossier, step=8, writes=False),
    Act(
        "return-dossier",
        N_("登记归还"),
        Action.DOSSIER_LEND,
        ReturnDossierForm,
        return_dossier,
        step=8,
        writes=False,
    ),
)
GUARDS = {"dossier_in_place": dossier_in_place, "dossier_lent": dossier_lent}
OPTIONS = {"keepers": keeper_options}
