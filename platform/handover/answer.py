"""Answering an offer: the receiver's side. Acceptance moves custody and all that goes with it in one transaction."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_
from foundation.store import instant
from handover.assistance_end import keep
from handover.forced import pass_on
from handover.models import HandoverOffer, OfferState, Reason, ReturnReason
from handover.offer import source_of, standing_offer
from handover.shuffles import settled_for
from handover.staying import check_keep
from handover.transfer import Transfer, Way, hand_on
from policies.actions import Action
from policies.relations import Relation
from teams.keeping import settle_kept
from tenants.subject import Subject


class AcceptForm(Struct, frozen=True, kw_only=True):
    no_conflict: Annotated[
        bool, Meta(title=N_("已核查：本单位与涉事单位无利害关系"), description=N_("接收前须先查利害关系"))
    ] = False
    keep: Annotated[
        list[UUID],
        Meta(
            title=N_("留任的原小组成员"),
            description=N_("不选的随移交退出；承办人、组长须由本单位人员担任，人民调解员须由本单位的调委会聘任"),
            max_length=20,
            extra={"options": "staying_members", "only_with": "staying_members"},
        ),
    ] = []
    kept_agree: Annotated[
        bool, Meta(title=N_("留任的人员本人同意，并声明无利害关系"), extra={"only_with": "staying_members"})
    ] = False
    keep_assistances: Annotated[
        list[UUID],
        Meta(
            title=N_("继续的协办"),
            description=N_("不选的随移交结束；继续的到原定截止日期为止"),
            max_length=20,
            extra={"options": "keepable_assistances", "only_with": "keepable_assistances"},
        ),
    ] = []


class ReturnForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[ReturnReason, Meta(title=N_("退回理由"))]
    proof: Annotated[
        str, Meta(title=N_("依据"), description=N_("文书名称和编号，不写个人信息"), min_length=2, max_length=300)
    ]


class ReceiverConflicted(Conflict):
    code = "receiver_conflicted"
    message = N_("本级机关是涉事单位，不得接收")


class CoordinatedForYou(Conflict):
    """条例24: coordination that anybody may undo by a return settles nothing."""

    code = "coordinated_for_you"
    message = N_("联席会议已协调由您的单位承办，除本单位有利害关系外，不能退回")


class NotAddressed(Conflict):
    code = "not_addressed"
    message = N_("这次移交不是给您的单位")


async def accept_handover(session: AsyncSession, subject: Subject, case: Case, form: AcceptForm) -> Done:
    """接收: custody, columns, relations and what the hooks move; exactly one holder before and after."""
    if not form.no_conflict:
        raise invalid("no_conflict", "required", N_("查明无利害关系后，请勾选本项；有利害关系的，不得接收"))
    offer = await addressed_offer(session, subject, case)
    await check_keep(session, case, form.keep, form.kept_agree)
    told, kept = Reason(offer.reason).label, frozenset(form.keep)
    words = {"transfer_outcome": N_("已接收，今后由其办理")}
    what = Transfer(Way.OFFER, offer.to_office_id, source_of(offer), told, kept, offer.purpose, words=words)
    moved, notice = await hand_on(session, subject, case, what)
    await settle_kept(session, case, form.keep, "keep")
    await keep(session, subject, case, form.keep_assistances, "keep_assistances")
    return Done(
        data={"from": moved.from_office, "to": offer.to_office_id, "kept": len(kept)},
        audience="parties",
        also_tenants=(offer.from_tenant_id,),
        rows=(notice,),
    )


async def return_handover(session: AsyncSession, subject: Subject, case: Case, form: ReturnForm) -> Done:
    """The case stays where it was; the preview is gone for the receiver the moment this is done."""
    offer = await addressed_offer(session, subject, case)
    if offer.forced:
        return await pass_on(session, subject, case, offer, form.reason, form.proof)
    if form.reason is not ReturnReason.CONFLICT and await settled_for(session, case) == offer.to_office_id:
        raise CoordinatedForYou
    offer.state, offer.decided_by, offer.decided_at = OfferState.RETURNED.value, subject.person_id, instant(session)
    offer.return_reason, offer.return_proof = form.reason.value, form.proof
    case.offer_id = None

    async def preview_gone() -> None:
        await relations.end(session, case, Relation.OFFERED, source=source_of(offer))

    data = {"to": offer.to_office_id, "reason": form.reason.value}
    return Done(data=data, audience="parties", also_tenants=(offer.from_tenant_id,), closing=preview_gone)


async def addressed_offer(session: AsyncSession, subject: Subject, case: Case) -> HandoverOffer:
    """The open offer, when it is addressed to the subject's own tenant."""
    offer = await standing_offer(session, case)
    if offer.to_tenant_id != subject.tenant_id:
        raise NotAddressed
    return offer


@by_facts(Fact("tenant_conflicted(:case, :tenant)"))
def receiver_not_conflicted(subject: Subject, case: Case, conflicted: bool) -> DomainError | None:
    return ReceiverConflicted() if conflicted else None


ACTS = (
    Act("accept-handover", N_("接收"), Action.HANDOVER_ACCEPT, AcceptForm, accept_handover, while_frozen=True),
    Act("return-handover", N_("退回"), Action.HANDOVER_RETURN, ReturnForm, return_handover, while_frozen=True),
)
GUARDS = {"receiver_not_conflicted": receiver_not_conflicted}
