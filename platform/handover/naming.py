"""指定办理: the nearest common superior names the holder of a disputed case (rule 43; 条例24 by analogy)."""

from typing import Annotated

from msgspec import Meta, Struct, structs
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import DomainError, Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from handover.dispute_telling import tell_kept
from handover.disputes import (
    IS_OPEN,
    IS_RETURNED,
    LAST_RETURN,
    OPEN_DISPUTE,
    Between,
    NoDispute,
    begin,
    last_return,
    nearest_common,
    source_of,
)
from handover.models import DisputeGround, HandoverOffer, HolderDispute
from handover.targets import check_concerned, direction_of, open_dispute
from handover.telling import NEEDS_WORD
from handover.transfer import Transfer, Way, carry, transfer
from policies.actions import Action
from tenants import names
from tenants.models import Office
from tenants.subject import Subject


class NamingForm(Struct, frozen=True, kw_only=True):
    office_id: Annotated[int, Meta(title=N_("指定的承办单位"), extra={"options": "disputing_offices"})]
    reason: Annotated[
        str,
        Meta(
            title=N_("指定理由"),
            description=N_("告知双方单位，不写个人信息"),
            min_length=2,
            max_length=1000,
            extra={"widget": "textarea"},
        ),
    ]


class NotNearest(Forbidden):
    code = "not_nearest"
    message = N_("由双方最近的共同上级指定，不由您的单位指定")


async def name_holder(session: AsyncSession, subject: Subject, case: Case, form: NamingForm) -> Done:
    """One of the two; the case moves as by acceptance, or stays and only the dispute ends. One outcome in a race.

    Sideways and 跨部门 the parties are asked afterwards whether they accept who was named (人民调解法 23(1)).
    """
    dispute = await _dispute(session, subject, case)
    if form.office_id not in _pair(dispute):
        raise invalid("office_id", "not_a_choice", N_("请从所列单位中选择"))
    former = case.holder_office_id
    what = Transfer(Way.NAMING, form.office_id, source_of(dispute), N_("经共同上级指定，今后由其办理"))
    if form.office_id == former:
        await carry(session, case, what)
        await tell_kept(session, subject, dispute)
    else:
        office = await session.get_one(Office, form.office_id)
        await check_concerned(session, case, office, "office_id")
        direction = (await direction_of(session, former, office)).value
        await transfer(session, subject, case, structs.replace(what, asks_parties=direction in NEEDS_WORD))
        dispute.direction = direction  # only now: whoever holds the dispute's row before the case waits crosswise
    if await open_dispute(session, case.id, lock=True) is None:
        raise NoDispute  # the conference coordinated it at the same moment
    dispute.named_office_id, dispute.reason = form.office_id, form.reason
    dispute.decided_at, dispute.decided_by = instant(session), subject.person_id
    return Done(
        data={"from": former, "to": form.office_id, "late": local_date(instant(session)) > dispute.decide_by},
        audience="parties",
        also_tenants=(dispute.holder_tenant_id, dispute.other_tenant_id),
    )


async def _dispute(session: AsyncSession, subject: Subject, case: Case) -> HolderDispute:
    """The open one, or one that begins now with the offer that came back."""
    found = await _disputed(session, subject, case)
    if isinstance(found, HolderDispute):
        return found
    returned = Between(found.to_office_id, found.to_tenant_id, DisputeGround.RETURNED, found.id)
    return await begin(session, subject, case, returned)


async def _disputed(session: AsyncSession, subject: Subject, case: Case) -> HolderDispute | HandoverOffer:
    """What the two disagree about; raises for whoever is not their nearest common superior."""
    found = await open_dispute(session, case.id) or await last_return(session, case)
    if found is None:
        raise NoDispute
    if isinstance(found, HolderDispute):
        decider: int | None = found.decider_tenant_id
    else:
        decider = await nearest_common(session, case, found.from_tenant_id, found.to_tenant_id)
    if decider != subject.tenant_id:
        raise NotNearest
    return found


DECIDER = Fact(f"(select decider_tenant_id {OPEN_DISPUTE} limit 1)")
COMMON = Fact(f"(select nearest_common(:case, from_tenant_id, to_tenant_id) {LAST_RETURN})")


@by_facts(IS_OPEN, IS_RETURNED, DECIDER, COMMON)
def holder_disputed(
    subject: Subject, case: Case, is_open: bool, is_returned: bool, decider: int | None, common: int | None
) -> DomainError | None:
    """What `_disputed` raises."""
    if not is_open and not is_returned:
        return NoDispute()
    return None if (decider if is_open else common) == subject.tenant_id else NotNearest()


async def disputing_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """The two of them; nothing to choose where nothing is disputed."""
    try:
        found = await _disputed(session, subject, case)
    except DomainError:
        return []
    pair = _pair(found)
    called = await names.offices(session, pair)
    return [Option(str(office), called[office]) for office in pair]


def _pair(found: HolderDispute | HandoverOffer) -> tuple[int, int]:
    if isinstance(found, HolderDispute):
        return found.holder_office_id, found.other_office_id
    return found.from_office_id, found.to_office_id


ACTS = (
    Act(
        "name-holder",
        N_("指定承办单位"),
        Action.HANDOVER_NAME_HOLDER,
        NamingForm,
        name_holder,
        writes=False,
        locks=True,
        moves_custody=True,
    ),
)
GUARDS = {"holder_disputed": holder_disputed}
OPTIONS = {"disputing_offices": disputing_options}
