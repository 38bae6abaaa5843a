"""评析, claim by claim: suitable, or refused with its ground, legal basis, lawful channel and last day."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.consent import ConsentKind, consented
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.lawful_way import fit_errors, last_day_errors, reckoned_last_day
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.parties import Claim
from cases.suitability import NATURE_OF, UNFIT, Ground, LandMatter, Nature, Way
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput, NotFound, invalid
from foundation.language import N_
from foundation.store import instant
from organisation.dispute_types import asks_gate
from policies.actions import Action
from tenants.subject import Subject


class Suitability(Choice):
    SUITABLE = "suitable", N_("适合调解")
    REFUSED = "refused", N_("不适合调解，不予受理")


class AssessmentForm(Struct, frozen=True, kw_only=True):
    claim_id: Annotated[UUID, Meta(title=N_("诉求"), extra={"options": "claims"})]
    decision: Annotated[Suitability, Meta(title=N_("评析结论"))]
    land_matter: (
        Annotated[
            LandMatter,
            Meta(title=N_("征地拆迁所涉事项"), description=N_("征地拆迁纠纷必须逐项回答，性质由此确定")),
        ]
        | None
    ) = None
    nature: Annotated[Nature, Meta(title=N_("经评析的性质"), description=N_("不填为登记时的性质"))] | None = None
    ground: Annotated[Ground, Meta(title=N_("不予受理的理由"))] | None = None
    legal_basis: Annotated[str, Meta(title=N_("法律依据"), max_length=300)] | None = None
    way: Annotated[Way, Meta(title=N_("法定途径"))] | None = None
    organ: Annotated[str, Meta(title=N_("受理机关"), max_length=120)] | None = None
    last_day: Annotated[date, Meta(title=N_("该途径的最后一日"), description=N_("已知时必填"))] | None = None
    last_day_unknown: Annotated[bool, Meta(title=N_("最后一日不明"), description=N_("不知道的须注明"))] = False
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
    """What is refused keeps its ground, basis and channel; the split tells the persons in writing."""
    claim = await claim_of(session, case, form.claim_id)
    if claim.split_case_id is not None:
        raise invalid("claim_id", "not_a_choice", N_("请从所列项目中选择"))
    nature = await _nature(session, case, form, Nature(claim.nature))
    refused = form.decision is Suitability.REFUSED
    errors = _refusal_errors(form, nature, local_date(instant(session))) if refused else _suitable_errors(nature)
    if errors:
        raise InvalidInput(*errors)
    if form.ground is Ground.PARTY_REFUSES and not await a_party_refused(session, case.id):
        raise invalid("ground", "not_recorded", N_("先记录当事人不同意调解的意愿，再以此为理由"))
    claim.nature = nature.value
    claim.decision = form.decision.value
    claim.reason = form.ground.value if refused and form.ground else None
    claim.legal_basis = form.legal_basis
    claim.channel = form.way.value if refused and form.way else None
    claim.last_day = await _last_day(session, case, form) if refused else None
    await issue(session, subject, case, ASSESSMENT, form)
    data = {"claim": claim.ordinal, "decision": claim.decision, "nature": claim.nature}
    return Done(data=data, audience="parties")


async def _last_day(session: AsyncSession, case: Case, form: AssessmentForm) -> date | None:
    return form.last_day or (await reckoned_last_day(session, case, form.way) if form.way else None)


async def _nature(session: AsyncSession, case: Case, form: AssessmentForm, registered: Nature) -> Nature:
    """In 征地拆迁 the sub-question decides it: a claim passes on an answer, never by default (domain.md 13.4)."""
    if form.land_matter is None:
        if await asks_gate(session, case.dispute_type):
            raise invalid("land_matter", "required", N_("征地拆迁纠纷须先回答所涉事项，不得默认通过"))
        return form.nature or registered
    nature = NATURE_OF[form.land_matter]
    if form.nature not in (None, nature):
        raise invalid(
            "nature", "contradicts", N_("性质与征地拆迁所涉事项不一致：应为“%(nature)s”"), nature=nature.label
        )
    return nature


def _suitable_errors(nature: Nature) -> list[FieldError]:
    if nature.value in UNFIT:
        return [FieldError("decision", "unfit", N_("此性质的诉求不得进入调解（2025年意见第二条）"))]
    return []


def _refusal_errors(form: AssessmentForm, nature: Nature, today: date) -> list[FieldError]:
    missing = [
        FieldError(field, "required", N_("不予受理须写明理由、法律依据和法定途径"))
        for field in ("ground", "legal_basis", "way")
        if getattr(form, field) is None
    ]
    return [
        *missing,
        *fit_errors(nature, form.ground, form.way),
        *last_day_errors(form.last_day, form.last_day_unknown, today),
    ]


async def a_party_refused(session: AsyncSession, case_id: UUID) -> bool:
    """Somebody's recorded answer is no (人民调解法 17)."""
    return any(answer is False for answer in (await consented(session, case_id, ConsentKind.MEDIATION)).values())


async def claim_of(session: AsyncSession, case: Case, claim_id: UUID) -> Claim:
    claim = await session.get(Claim, claim_id)
    if claim is None or claim.case_id != case.id:
        raise NotFound
    return claim


async def claims_of(session: AsyncSession, case_id: UUID) -> list[Claim]:
    return list(await session.scalars(select(Claim).where(Claim.case_id == case_id).order_by(Claim.ordinal)))


CLAIMS = Fact(
    "array(select row(decision, split_case_id is not null, nature, reason) from claims"
    " where case_id = :case order by ordinal)"
)


class Decided(NamedTuple):
    """What a guard must know of a claim: its words stay sealed."""

    decision: str
    split: bool
    nature: str
    reason: str | None

    @property
    def to_split(self) -> bool:
        return self.decision == "refused" and not self.split


def decided(rows: Iterable[tuple[str, bool, str, str | None]]) -> list[Decided]:
    return [Decided(*row) for row in rows]


Rows = list[tuple[str, bool, str, str | None]]


@by_facts(CLAIMS)
def claims_assessed(subject: Subject, case: Case, rows: Rows) -> DomainError | None:
    """Before 受理: each claim decided, at least one suitable, and every refused one split off with its notice."""
    claims = decided(rows)
    if any(claim.decision == "pending" for claim in claims):
        return ClaimsPending()
    if not any(claim.decision == "suitable" for claim in claims):
        return NoSuitableClaim()
    return RefusalNotTold() if any(claim.to_split for claim in claims) else None


@by_facts(CLAIMS)
def refused_claim(subject: Subject, case: Case, rows: Rows) -> DomainError | None:
    return None if any(claim.to_split for claim in decided(rows)) else NothingRefused()


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
