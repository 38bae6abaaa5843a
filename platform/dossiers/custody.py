"""Taking an object in, passing it on, giving it back (五(四)): each link with both hands, none left out."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from dossiers.custody_reads import ObjectView, chains, custodians
from dossiers.custody_record import CUSTODY, custody_record
from dossiers.objects import FINAL, Change, CustodyLink, Exhibit
from dossiers.parties import party_at
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_, speaking
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

Place = Annotated[str, Meta(title=N_("保管地点"), description=N_("如 工作室物证柜3号"), min_length=2, max_length=120)]
Moment = Annotated[datetime, Meta(title=N_("交接时间"), tz=True)]
Signed = Annotated[bool, Meta(title=N_("双方已当面清点并签名"))]
Outside = Annotated[str, Meta(title=N_("其他接收人（单位）"), max_length=120)]
NOT_A_CHOICE = N_("请从所列项目中选择")


class ReceivingForm(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(title=N_("物证名称和数量"), min_length=2, max_length=200)]
    marks: Annotated[str, Meta(title=N_("特征和完好程度"), min_length=2, max_length=1000, extra={"widget": "textarea"})]
    from_party: Annotated[UUID, Meta(title=N_("交来的当事人"), extra={"options": "parties"})] | None = None
    from_name: (
        Annotated[str, Meta(title=N_("其他交来人（单位）"), description=N_("不是当事人交来的才填"), max_length=120)]
        | None
    ) = None
    keeper: Annotated[UUID, Meta(title=N_("接收保管人"), extra={"options": "custodians"})]
    kept_at: Place
    moved_at: Moment
    both_signed: Signed = False


class TransferForm(Struct, frozen=True, kw_only=True):
    exhibit: Annotated[UUID, Meta(title=N_("物证"), extra={"options": "objects_held"})]
    keeper: Annotated[UUID, Meta(title=N_("接收保管人"), extra={"options": "custodians"})] | None = None
    to_name: Outside | None = None
    kept_at: Place
    reason: Annotated[str, Meta(title=N_("移交事由"), description=N_("如 送鉴定"), min_length=2, max_length=300)]
    moved_at: Moment
    both_signed: Signed = False


class Ending(Choice):
    RETURNED = Change.RETURNED.value, N_("返还")
    DISPOSED = Change.DISPOSED.value, N_("处置（销毁、移送）")


class ReturnForm(Struct, frozen=True, kw_only=True):
    exhibit: Annotated[UUID, Meta(title=N_("物证"), extra={"options": "objects_held"})]
    change: Annotated[Ending, Meta(title=N_("去向"))]
    to_party: Annotated[UUID, Meta(title=N_("返还给当事人"), extra={"options": "parties"})] | None = None
    to_name: Outside | None = None
    reason: Annotated[str, Meta(title=N_("事由"), min_length=2, max_length=300)]
    moved_at: Moment
    both_signed: Signed = False


class NoObjectHeld(Conflict):
    code = "no_object_held"
    message = N_("没有在保管的物证")


class ObjectsHeld(Conflict):
    code = "objects_held"
    message = N_("还有未返还、未处置的物证")


async def receive_object(session: AsyncSession, subject: Subject, case: Case, form: ReceivingForm) -> Done:
    """The first link: from a party or somebody named, into the hands of one of us."""
    errors = list(_broken(session, form, None))
    if (form.from_party is None) == (form.from_name is None):
        errors.append(FieldError("from_party", "one_giver", N_("请选交来的当事人，或者填写其他交来人，二者取一")))
    errors += await _strange_keeper(session, case, form.keeper)
    if errors:
        raise InvalidInput(*errors)
    if form.from_party is not None:
        await party_at(session, case, "from_party", form.from_party)
    now = instant(session)
    exhibit = Exhibit(
        id=new_id(now),
        case_id=case.id,
        ordinal=1 + (await session.scalar(select(func.count()).where(Exhibit.case_id == case.id)) or 0),
        name=form.name,
        marks=form.marks,
        from_party_id=form.from_party,
        from_name=form.from_name,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(exhibit)
    await session.flush()
    link = CustodyLink(ordinal=1, change=Change.RECEIVED.value, to_person_id=form.keeper, kept_at=form.kept_at)
    _add(session, subject, exhibit.id, case, link, form.moved_at)
    return Done(data={"object": exhibit.ordinal})


async def transfer_object(session: AsyncSession, subject: Subject, case: Case, form: TransferForm) -> Done:
    """From the keeper of the last link to another, inside or outside; who gives need not be said and can't be wrong."""
    held = await _held(session, case, form.exhibit)
    errors = list(_broken(session, form, held))
    if (form.keeper is None) == (form.to_name is None):
        errors.append(FieldError("keeper", "one_receiver", N_("请选接收保管人，或者填写其他接收人，二者取一")))
    if form.keeper is not None:
        errors += await _strange_keeper(session, case, form.keeper)
        if form.keeper == held.keeper_id:
            errors.append(FieldError("keeper", "same_person", N_("物证已由此人保管")))
    if errors:
        raise InvalidInput(*errors)
    link = CustodyLink(
        ordinal=len(held.links) + 1,
        change=Change.TRANSFERRED.value,
        to_person_id=form.keeper,
        to_name=form.to_name,
        kept_at=form.kept_at,
        reason=form.reason,
    )
    _add(session, subject, held.id, case, link, form.moved_at)
    return Done(data={"object": held.ordinal})


async def return_object(session: AsyncSession, subject: Subject, case: Case, form: ReturnForm) -> Done:
    """The last link; the whole chain becomes a paper of the dossier."""
    held = await _held(session, case, form.exhibit)
    errors = list(_broken(session, form, held))
    if (form.to_party is None) == (form.to_name is None):
        errors.append(FieldError("to_party", "one_receiver", N_("请选当事人，或者填写其他接收人，二者取一")))
    if errors:
        raise InvalidInput(*errors)
    if form.to_party is not None:
        await party_at(session, case, "to_party", form.to_party)
    link = CustodyLink(
        ordinal=len(held.links) + 1,
        change=form.change.value,
        to_party_id=form.to_party,
        to_name=form.to_name,
        reason=form.reason,
    )
    _add(session, subject, held.id, case, link, form.moved_at)
    await session.flush()
    with speaking("zh"):
        chain = next(one for one in await chains(session, case.id) if one.id == held.id)
    await issue(session, subject, case, CUSTODY, custody_record(chain))
    return Done(data={"object": held.ordinal, "change": form.change.value})


def _broken(
    session: AsyncSession, form: ReceivingForm | TransferForm | ReturnForm, held: ObjectView | None
) -> Iterator[FieldError]:
    if not form.both_signed:
        yield FieldError("both_signed", "required", N_("须双方当面清点并签名"))
    if form.moved_at > instant(session):
        yield FieldError("moved_at", "in_future", N_("不能晚于现在"))
    if held is not None and form.moved_at < held.links[-1].moved_at:
        yield FieldError("moved_at", "before_previous", N_("不能早于上一次交接"))


async def _strange_keeper(session: AsyncSession, case: Case, keeper: UUID) -> Sequence[FieldError]:
    known = await custodians(session, case)
    return [] if keeper in known else [FieldError("keeper", "not_a_choice", NOT_A_CHOICE)]


async def _held(session: AsyncSession, case: Case, exhibit: UUID) -> ObjectView:
    """One that is in custody now; refuses every other at the field."""
    for one in await chains(session, case.id):
        if one.id == exhibit and one.held:
            return one
    raise invalid("exhibit", "not_a_choice", NOT_A_CHOICE)


def _add(
    session: AsyncSession, subject: Subject, exhibit: UUID, case: Case, link: CustodyLink, moved_at: datetime
) -> None:
    now = instant(session)
    link.id, link.exhibit_id, link.case_id, link.moved_at = new_id(now), exhibit, case.id, moved_at
    link.recorded_at, link.recorded_by = now, subject.person_id
    session.add(link)


ENDS = ", ".join(f"'{change.value}'" for change in sorted(FINAL))
HELD = Fact(f"""exists (select from exhibits e where e.case_id = :case and not exists (
    select from custody_links l where l.exhibit_id = e.id and l.change in ({ENDS})))""")


@by_facts(HELD)
def object_held(subject: Subject, case: Case, held: bool) -> DomainError | None:
    return None if held else NoObjectHeld()


@by_facts(HELD)
def objects_settled(subject: Subject, case: Case, held: bool) -> DomainError | None:
    """Nothing that belongs to somebody stays behind when the volume is bound."""
    return ObjectsHeld() if held else None


async def held_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [
        Option(str(one.id), f"{one.ordinal}. {one.name} · {one.links[-1].receiver}")
        for one in await chains(session, case.id)
        if one.held
    ]


async def custodian_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(person_id), name) for person_id, name in (await custodians(session, case)).items()]


ACTS = (
    Act("receive-object", N_("接收物证"), Action.EVIDENCE_ADD, ReceivingForm, receive_object, step=4),
    Act("transfer-object", N_("移交物证"), Action.EVIDENCE_ADD, TransferForm, transfer_object, step=4),
    Act("return-object", N_("返还或者处置物证"), Action.EVIDENCE_ADD, ReturnForm, return_object, step=4),
)
GUARDS = {"object_held": object_held, "objects_settled": objects_settled}
OPTIONS = {"objects_held": held_options, "custodians": custodian_options}
PAPERS = (CUSTODY,)
