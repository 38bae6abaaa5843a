"""评析, claim by claim: suitable, or refused with its ground, legal basis, lawful channel and last day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.parties import Claim
from cases.suitability import UNFIT, Ground, Nature, Way
from foundation import direct
from foundation.asked import once
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, NotFound, invalid
from foundation.language import N_
from policies.actions import Action
from tenants.subject import Subject


class Suitability(Choice):
    SUITABLE = "suitable", N_("适合调解")
    REFUSED = "refused", N_("不适合调解，不予受理")


class AssessmentForm(Struct, frozen=True, kw_only=True):
    claim_id: Annotated[UUID, Meta(title=N_("诉求"), extra={"options": "claims"})]
    decision: Annotated[Suitability, Meta(title=N_("评析结论"))]
    nature: (
        Annotated[
            Nature,
            Meta(title=N_("经评析的性质"), description=N_("征地拆迁纠纷须分清：征收决定和补偿标准属行政争议")),
        ]
        | None
    ) = None
    ground: Annotated[Ground, Meta(title=N_("不予受理的理由"))] | None = None
    legal_basis: Annotated[str, Meta(title=N_("法律依据"), max_length=300)] | None = None
    way: Annotated[Way, Meta(title=N_("法定途径"))] | None = None
    organ: Annotated[str, Meta(title=N_("受理机关"), max_length=120)] | None = None
    last_day: Annotated[date, Meta(title=N_("该途径的最后一日"), description=N_("已知时必填"))] | None = None
    advice: Annotated[str, Meta(title=N_("建议"), max_length=2000, extra={"widget": "textarea"})] | None = None


class ClaimsPending(Conflict):
    code = "claims_pending"
    message = N_("还有诉求没有评析")


class NoSuitableClaim(Conflict):
    code = "no_suitable_claim"
    message = N_("没有适合调解的诉求，不能受理")


class RefusalNotTold(Conflict):
    code = "refusal_not_told"
    message = N_("不予受理的诉求须先拆分，书面告知理由、法定途径和最后一日")


class NothingRefused(Conflict):
    code = "nothing_refused"
    message = N_("没有待拆分的不予受理诉求")


ASSESSMENT = PaperKind("assessment", N_("评析表"), Group.OPINION, form=AssessmentForm)


async def assess_claim(session: AsyncSession, subject: Subject, case: Case, form: AssessmentForm) -> Done:
    claim = await claim_of(session, case, form.claim_id)
    if claim.split_case_id is not None:
        raise invalid("claim_id", "not_a_choice", N_("请从所列项目中选择"))
    nature = (form.nature or Nature(claim.nature)).value
    _check(form, nature)
    claim.nature = nature
    claim.decision = form.decision.value
    refused = form.decision is Suitability.REFUSED
    claim.reason = form.ground.value if refused and form.ground else None
    claim.legal_basis = form.legal_basis
    claim.channel = form.way.value if refused and form.way else None
    claim.last_day = form.last_day if refused else None
    await issue(session, subject, case, ASSESSMENT, form)
    return Done(data={"claim": claim.ordinal, "decision": claim.decision}, audience="parties")


def _check(form: AssessmentForm, nature: str) -> None:
    if form.decision is Suitability.SUITABLE:
        if nature in UNFIT:
            raise invalid("decision", "unfit", N_("此性质的诉求不得进入调解（2025年意见第二条）"))
        return
    for field in ("ground", "legal_basis", "way"):
        if getattr(form, field) is None:
            raise invalid(field, "required", N_("不予受理须写明理由、法律依据和法定途径"))


async def claim_of(session: AsyncSession, case: Case, claim_id: UUID) -> Claim:
    claim = await session.get(Claim, claim_id)
    if claim is None or claim.case_id != case.id:
        raise NotFound
    return claim


async def claims_of(session: AsyncSession, case_id: UUID) -> list[Claim]:
    return list(await session.scalars(select(Claim).where(Claim.case_id == case_id).order_by(Claim.ordinal)))


class Decided(Struct, frozen=True):
    """What a guard must know of a claim: its words stay sealed."""

    decision: str
    split_case_id: UUID | None


DECIDED = "select decision, split_case_id from claims where case_id = $1"


async def decided(session: AsyncSession, case_id: UUID) -> Sequence[Decided]:
    rows = await once(session, ("decided", case_id), lambda: direct.fetch(session, DECIDED, case_id))
    return [Decided(*row) for row in rows]


async def claims_assessed(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    """Before 受理: each claim decided, at least one suitable, and every refused one split off with its notice."""
    claims = await decided(session, case.id)
    if any(claim.decision == "pending" for claim in claims):
        return ClaimsPending()
    if not any(claim.decision == "suitable" for claim in claims):
        return NoSuitableClaim()
    if any(claim.decision == "refused" and claim.split_case_id is None for claim in claims):
        return RefusalNotTold()
    return None


async def refused_claim(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    claims = await decided(session, case.id)
    open_refusals = [claim for claim in claims if claim.decision == "refused" and claim.split_case_id is None]
    return None if open_refusals else NothingRefused()


async def claim_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """What was split off has its answer and is no choice any more."""
    claims = [claim for claim in await claims_of(session, case.id) if claim.split_case_id is None]
    return [Option(str(claim.id), f"{claim.ordinal}. {claim.text[:40]}") for claim in claims]


async def refused_claim_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    claims = [c for c in await claims_of(session, case.id) if c.decision == "refused" and c.split_case_id is None]
    return [Option(str(claim.id), f"{claim.ordinal}. {claim.text[:40]}") for claim in claims]


ACTS = (Act("assess-claim", N_("评析诉求"), Action.CASE_ASSESS, AssessmentForm, assess_claim, step=2),)
GUARDS = {"claims_assessed": claims_assessed, "refused_claim": refused_claim}
OPTIONS = {"claims": claim_options, "refused_claims": refused_claim_options}
PAPERS = (ASSESSMENT,)
