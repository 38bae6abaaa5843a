"""The other office's own stand in a dispute, with reason and proof: both may want the case, or neither."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import DomainError
from foundation.language import N_
from foundation.store import instant
from handover.disputes import OPEN_DISPUTE, NoDispute
from handover.models import ClaimReason, Stance
from handover.targets import open_dispute
from policies.actions import Action
from tenants.subject import Subject


class StandForm(Struct, frozen=True, kw_only=True):
    stance: Annotated[Stance, Meta(title=N_("主张"))]
    reason: Annotated[ClaimReason, Meta(title=N_("理由"))]
    proof: Annotated[
        str,
        Meta(title=N_("依据"), description=N_("文书名称和编号，不写个人信息"), min_length=2, max_length=300),
    ]


async def state_claim(session: AsyncSession, subject: Subject, case: Case, form: StandForm) -> Done:
    """Until the superior decides it may be said anew; what was said before stays in the history of the row.

    Locked: nothing is added to what was decided a moment ago.
    """
    dispute = await open_dispute(session, case.id, lock=True)
    if dispute is None or dispute.other_office_id != subject.office_id:
        raise NoDispute
    dispute.other_stance, dispute.other_reason = form.stance.value, form.reason.value
    dispute.other_proof = form.proof
    dispute.other_stated_at, dispute.other_stated_by = instant(session), subject.person_id
    above = dispute.decider_tenant_id or dispute.conference_tenant_id
    told = tuple(one for one in (dispute.holder_tenant_id, above) if one is not None)
    return Done(data={"stance": form.stance.value, "reason": form.reason.value}, also_tenants=told)


OTHER = Fact(f"(select other_office_id {OPEN_DISPUTE})")


@by_facts(OTHER)
def asked_to_state(subject: Subject, case: Case, other: int | None) -> DomainError | None:
    return None if other is not None and other == subject.office_id else NoDispute()


ACTS = (
    Act("state-claim", N_("陈述管辖意见"), Action.HANDOVER_RETURN, StandForm, state_claim, writes=False),
)  # fmt: skip
GUARDS = {"asked_to_state": asked_to_state}
