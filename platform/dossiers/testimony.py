"""证人证言 (五(四)): a witness's words as a paper, the witness apart from it, with the check of who they are."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from dossiers.witnesses import Witness
from foundation.choice import Choice
from foundation.errors import FieldError, InvalidInput
from foundation.identity_numbers import is_identity_number
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Checked(Choice):
    """How it was made sure who speaks."""

    IDENTITY_CARD = "identity_card", N_("居民身份证")
    OTHER_DOCUMENT = "other_document", N_("其他有效证件")
    KNOWN = "known", N_("村（居）民委员会证明或者双方当事人确认")


class TestimonyForm(Struct, frozen=True, kw_only=True):
    """Who the witness is goes into a table of its own; the paper holds the rest."""

    name: Annotated[str, Meta(title=N_("证人姓名"), min_length=1, max_length=80)]
    checked_by: Annotated[Checked, Meta(title=N_("身份核对"))]
    id_number: (
        Annotated[
            str,
            Meta(
                title=N_("证人公民身份号码"),
                description=N_("凭身份证核对时必填"),
                max_length=18,
                extra={"compact": True},
            ),
        ]
        | None
    ) = None
    telephone: Annotated[str, Meta(title=N_("证人电话"), max_length=30)] | None = None
    address: Annotated[str, Meta(title=N_("证人住址"), max_length=200)] | None = None
    standing: Annotated[
        str,
        Meta(title=N_("与当事人的关系"), description=N_("如 邻居、同事；不写姓名"), min_length=1, max_length=120),
    ]
    held_at: Annotated[datetime, Meta(title=N_("作证时间"), tz=True)]
    place: Annotated[str, Meta(title=N_("作证地点"), min_length=2, max_length=120)]
    told: Annotated[bool, Meta(title=N_("已告知如实作证，可以拒绝作证"))] = False
    statement: Annotated[str, Meta(title=N_("证言"), min_length=2, max_length=20000, extra={"widget": "textarea"})]
    read_back: Annotated[bool, Meta(title=N_("已交证人核对或者宣读，证人签名"))] = False


class TestimonyPaper(Struct, frozen=True, kw_only=True):
    """Without a name: the witness by number."""

    witness: Annotated[str, Meta(title=N_("证人"))]
    checked_by: Annotated[Checked, Meta(title=N_("身份核对"))]
    standing: Annotated[str, Meta(title=N_("与当事人的关系"))]
    held_at: Annotated[datetime, Meta(title=N_("作证时间"))]
    place: Annotated[str, Meta(title=N_("作证地点"))]
    statement: Annotated[str, Meta(title=N_("证言"))]
    read_back: Annotated[bool, Meta(title=N_("已交证人核对或者宣读，证人签名"))]


TESTIMONY = PaperKind("testimony", N_("证人证言笔录"), Group.STATEMENT, dossier_item=6, form=TestimonyPaper)


async def record_testimony(session: AsyncSession, subject: Subject, case: Case, form: TestimonyForm) -> Done:
    if errors := list(_broken(session, form)):
        raise InvalidInput(*errors)
    ordinal = 1 + (await session.scalar(select(func.count()).where(Witness.case_id == case.id)) or 0)
    paper = await issue(session, subject, case, TESTIMONY, _paper(form, ordinal))
    session.add(_witness(session, subject, case, form, paper, ordinal))
    return Done(data={"witness": ordinal})


def _broken(session: AsyncSession, form: TestimonyForm) -> Iterator[FieldError]:
    if form.held_at > instant(session):
        yield FieldError("held_at", "in_future", N_("不能晚于现在"))
    if not form.told:
        yield FieldError("told", "required", N_("作证前须告知证人的权利义务"))
    if not form.read_back:
        yield FieldError("read_back", "required", N_("证言须交证人核对或者宣读"))
    if form.id_number is None and form.checked_by is Checked.IDENTITY_CARD:
        yield FieldError("id_number", "required", N_("凭身份证核对的，须填写号码"))
    if form.id_number is not None and not is_identity_number(form.id_number.strip().upper()):
        yield FieldError("id_number", "identity_number", N_("公民身份号码不正确，请核对"))
    for field in ("standing", "statement", "place"):
        if form.name in getattr(form, field):
            yield FieldError(field, "names_witness", N_("不要在这里写证人姓名"))


def _paper(form: TestimonyForm, ordinal: int) -> TestimonyPaper:
    return TestimonyPaper(
        witness=f"证人{ordinal}",
        checked_by=form.checked_by,
        standing=form.standing,
        held_at=form.held_at,
        place=form.place,
        statement=form.statement,
        read_back=form.read_back,
    )


def _witness(
    session: AsyncSession, subject: Subject, case: Case, form: TestimonyForm, paper: Paper, ordinal: int
) -> Witness:
    now = instant(session)
    contact: dict[str, Any] = {"telephone": form.telephone, "address": form.address}
    return Witness(
        id=new_id(now),
        case_id=case.id,
        ordinal=ordinal,
        name=form.name,
        identity={"id_number": form.id_number.strip().upper()} if form.id_number else {},
        contact={key: value for key, value in contact.items() if value},
        checked_by=form.checked_by.value,
        paper_id=paper.id,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


ACTS = (Act("record-testimony", N_("记录证人证言"), Action.SESSION_RECORD, TestimonyForm, record_testimony, step=4),)
PAPERS = (TESTIMONY,)
