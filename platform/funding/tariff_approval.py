"""Two heads, one of each side, and neither of them the drafter: with the second one's word it is dated and in force.

The database asks again what is asked here, and is the only one that writes rates and choices (0050).
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput, VersionStale
from foundation.language import N_
from foundation.store import instant
from funding import tariff_preview
from funding.rulebook import rulebook
from funding.tariff_changes import PreviewState, TariffChange, overtaken, preview_of
from funding.tariff_checks import faults
from funding.tariff_drafts import note, to_change
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tokens import require_session

CALL = text("select approve_tariff(:change, :version, :role)")
SIDES = {"lg_head_justice": "justice_by", "lg_head_petition": "petition_by"}


class ThreePersons(Forbidden):
    """起草、司法行政一方批准、信访一方批准."""

    code = "three_persons"
    message = N_("起草人和两位批准人须是三个不同的人")


class NotPreviewed(Conflict):
    code = "not_previewed"
    message = N_("试算还没有完成，看到去年的案件将花多少钱之后才能批准")


class StalePreview(Conflict):
    code = "stale_preview"
    message = N_("试算之后另有变更获批，数字已不是现在的：请重新试算，看到结果之后再批准")


class PreviewHolds(Conflict):
    code = "preview_holds"
    message = N_("试算仍与现行标准相符，不必重新试算")


class EffectiveDayPassed(Conflict):
    code = "effective_day_passed"
    message = N_("生效日期须在批准之日以后，请起草人改日期后重新提交")


class SameDayTwice(Conflict):
    code = "same_day_twice"
    message = N_("同一天已有另一份已批准的变更对同一项生效")


class AlreadyApproved(Conflict):
    code = "already_approved"
    message = N_("本方已经批准，等待另一方")


NAMED: dict[str, type[DomainError]] = {
    "TJ412": VersionStale, "TJ403": Forbidden, "TJT04": ThreePersons, "TJT05": NotPreviewed,
    "TJT02": EffectiveDayPassed, "TJT03": SameDayTwice, "TJT06": StalePreview,
}  # fmt: skip


def may_approve(subject: Subject) -> bool:
    return subject.role in SIDES and gate.may(subject, Action.SUBSIDY_APPROVE, Relation.GOVERNS)


async def refusal(session: AsyncSession, subject: Subject, change: TariffChange) -> DomainError | None:
    """Why this head may not approve it now, by name."""
    if not may_approve(subject) or change.tenant_id != subject.tenant_id:
        return Forbidden()
    if getattr(change, SIDES[subject.role]) is not None:
        return AlreadyApproved()
    if subject.person_id in (change.made_by, change.justice_by, change.petition_by):
        return ThreePersons()
    if change.effective_on <= local_date(instant(session)):
        return EffectiveDayPassed()
    preview = await preview_of(session, change)
    if preview is None or preview.state != PreviewState.DONE:
        return NotPreviewed()
    return StalePreview() if await overtaken(session, change) else None


async def approve(session: AsyncSession, subject: Subject, change_id: UUID, version: int | None) -> TariffChange:
    """Raises Forbidden, ThreePersons, NotPreviewed, StalePreview, EffectiveDayPassed, SameDayTwice, AlreadyApproved,
    InvalidInput (the bounds above have changed meanwhile), and as `to_change`; then nothing has changed."""
    require_session(subject)
    if not may_approve(subject):
        raise Forbidden
    change = await to_change(session, subject, change_id, version)
    if why := await refusal(session, subject, change):
        raise why
    tenant = await session.get_one(Tenant, change.tenant_id)
    book = await rulebook(session)
    if found := list(faults(change.items, change.effective_on, local_date(instant(session)), book, tenant)):
        raise InvalidInput(*found)
    state = await _approve(session, change, subject.role)
    await session.refresh(change)
    await note(session, subject, Action.SUBSIDY_APPROVE, change, did="approve", side=subject.role, state=state)
    return change


def may_recount(subject: Subject, change: TariffChange) -> bool:
    """Its drafter, or a head of its own level."""
    return change.tenant_id == subject.tenant_id and (change.made_by == subject.person_id or may_approve(subject))


async def recount(session: AsyncSession, subject: Subject, change_id: UUID, version: int | None) -> TariffChange:
    """Count again what another change has overtaken; whoever has approved has seen the draft, which is the same.
    Raises Forbidden, NotPreviewed, PreviewHolds, and as `to_change`."""
    require_session(subject)
    change = await to_change(session, subject, change_id, version)
    if not may_recount(subject, change):
        raise Forbidden
    preview = await preview_of(session, change)
    if preview is None:
        raise NotPreviewed
    if not await overtaken(session, change):
        raise PreviewHolds
    await tariff_preview.again(session, preview)
    action = Action.SUBSIDY_APPROVE if may_approve(subject) else Action.FEE_REVIEW
    await note(session, subject, action, change, did="recount")
    return change


async def _approve(session: AsyncSession, change: TariffChange, role: str) -> str:
    given = {"change": change.id, "version": change.version, "role": role}
    try:
        return str((await session.execute(CALL, given)).scalar_one())
    except DBAPIError as error:
        named = NAMED.get(str(getattr(error.orig, "sqlstate", None)))
        if named is None:
            raise
        raise named from error
