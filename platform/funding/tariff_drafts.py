"""Drafting a change of the tariff: by a reviewer of fees for the own level, each version counted over the last year."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation import audit
from foundation.clock import local_date
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound, VersionRequired, VersionStale
from foundation.ids import new_id
from foundation.language import N_, translate
from foundation.store import instant
from funding import tariff_preview
from funding.rows import Ask
from funding.rulebook import every_row, rulebook
from funding.tariff_changes import ChangeState, TariffChange
from funding.tariff_checks import faults
from funding.tariff_form import OPEN_CHOICES, ChangeForm
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tokens import require_session

MOST_OPEN = 10
"""Drafts of one level at the same time."""
READERS = (Action.FEE_REVIEW, Action.SUBSIDY_APPROVE, Action.LEDGER_READ, Action.BUDGET_REQUEST)
IN_FORCE_READERS = (
    *READERS, Action.SUBSIDY_PROPOSE, Action.SUBSIDY_REVIEW, Action.SUBSIDY_PAY, Action.PAYER_CONFIRM,
    Action.BUDGET_APPROVE, Action.TRAVEL_APPROVE, Action.VOUCHER_READ,
)  # fmt: skip
"""Whose work the rates and the table decide, or who checks that work."""
SHOWN = 50


class ChangeClosed(Conflict):
    code = "change_closed"
    message = N_("这份草案已批准或已撤回，不能再改")


class TooManyChanges(Conflict):
    code = "too_many_changes"
    message = N_("起草中的草案已有 %(most)s 份，请先撤回不用的")


class NotYourDraft(Forbidden):
    code = "not_your_draft"
    message = N_("只有起草人可以修改或者撤回自己的草案")


def may_see(subject: Subject) -> bool:
    """Drafts are for those who write, approve and audit the rules of money; what is in force is everybody's."""
    return subject.tenant_id is not None and any(gate.may(subject, action) for action in READERS)


def may_read_rules(subject: Subject) -> bool:
    """What is in force, not the drafts."""
    return subject.tenant_id is not None and any(gate.may(subject, action) for action in IN_FORCE_READERS)


def may_draft(subject: Subject) -> bool:
    return gate.may(subject, Action.FEE_REVIEW, Relation.GOVERNS)


async def draft(session: AsyncSession, subject: Subject, form: ChangeForm) -> TariffChange:
    """Written down, and its preview begun. Raises Forbidden, TooManyChanges, InvalidInput at the field."""
    tenant = await _pen(session, subject)
    await _require_room(session, subject)
    await _check(session, tenant, form)
    now = instant(session)
    change = TariffChange(
        id=new_id(now),
        tenant_id=tenant.id,
        title=form.title,
        effective_on=form.effective_on,
        content=msgspec.to_builtins(form.content),
        state=ChangeState.OPEN.value,
        version=1,
        made_by=subject.person_id,
        made_at=now,
        changed_at=now,
    )
    session.add(change)
    await session.flush()
    await note(session, subject, Action.FEE_REVIEW, change, did="draft")
    await tariff_preview.begin(session, subject, change)
    return change


async def edit(
    session: AsyncSession, subject: Subject, change_id: UUID, version: int | None, form: ChangeForm
) -> TariffChange:
    """What was approved of it no longer is; its preview begins anew."""
    tenant = await _pen(session, subject)
    change = await own_draft(session, subject, change_id, version)
    await _check(session, tenant, form)
    change.title, change.effective_on = form.title, form.effective_on
    change.content = msgspec.to_builtins(form.content)
    change.version, change.changed_at = change.version + 1, instant(session)
    await session.flush()
    await session.refresh(change)
    await note(session, subject, Action.FEE_REVIEW, change, did="edit")
    await tariff_preview.begin(session, subject, change)
    return change


async def withdraw(session: AsyncSession, subject: Subject, change_id: UUID, version: int | None) -> TariffChange:
    """Given up; it stays readable."""
    await _pen(session, subject)
    change = await own_draft(session, subject, change_id, version)
    change.state, change.version = ChangeState.WITHDRAWN.value, change.version + 1
    change.changed_at = instant(session)
    await session.flush()
    await note(session, subject, Action.FEE_REVIEW, change, did="withdraw")
    return change


async def own_draft(session: AsyncSession, subject: Subject, change_id: UUID, version: int | None) -> TariffChange:
    change = await to_change(session, subject, change_id, version)
    if change.made_by != subject.person_id:
        raise NotYourDraft
    return change


async def to_change(session: AsyncSession, subject: Subject, change_id: UUID, version: int | None) -> TariffChange:
    """Of the own level, locked. Raises NotFound, ChangeClosed, VersionRequired, VersionStale."""
    change = await seen(session, subject, change_id)
    if change.tenant_id != subject.tenant_id:
        raise Forbidden
    if version is None:
        raise VersionRequired
    if change.state != ChangeState.OPEN:
        raise ChangeClosed
    query = select(TariffChange).where(TariffChange.id == change_id, TariffChange.state == ChangeState.OPEN.value)
    locked = await session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if locked is None:
        raise ChangeClosed
    if locked.version != version:
        raise VersionStale(seen=version, present=locked.version)
    return locked


async def seen(session: AsyncSession, subject: Subject, change_id: UUID) -> TariffChange:
    """Of the own level or one below it. Raises Forbidden, NotFound."""
    if not may_see(subject):
        raise Forbidden
    change = await session.get(TariffChange, change_id)
    if change is None:
        raise NotFound
    return change


async def changes(session: AsyncSession, subject: Subject) -> Sequence[TariffChange]:
    """The newest of the own level and of those below it."""
    if not may_see(subject):
        return []
    query = select(TariffChange).order_by(TariffChange.made_at.desc(), TariffChange.id.desc()).limit(SHOWN)
    return (await session.scalars(query)).all()


def choice_options() -> dict[str, Sequence[Option]]:
    """Every row that the text leaves open, with what the province may choose there."""
    rows = {row.id: row for row in every_row() if isinstance(row.effect, Ask) and row.effect.options}
    found: list[Option] = []
    for row in rows.values():
        assert isinstance(row.effect, Ask)
        for choice, inner in row.effect.options.items():
            says = " / ".join(dict.fromkeys(translate(one.says) for one in inner))
            found.append(Option(f"{row.id}:{choice}", f"{row.id} · {says}"))
        found.append(Option(f"{row.id}:", f"{row.id} · {translate(ASK_AGAIN)}"))
    return {OPEN_CHOICES: found}


ASK_AGAIN = N_("不再采用默认规则：逐案请省级明确")


async def note(session: AsyncSession, subject: Subject, action: Action, change: TariffChange, **detail: object) -> None:
    entry = audit.Entry(
        subject.actor, subject.post_id, action, "tariff_change", str(change.id),
        detail={**detail, "version": change.version},
    )  # fmt: skip
    await audit.append(session, entry, change.tenant_id)


async def _pen(session: AsyncSession, subject: Subject) -> Tenant:
    """By a signed-in person only: no program writes what others are paid by."""
    require_session(subject)
    gate.require_role(subject, Action.FEE_REVIEW, Relation.GOVERNS)
    if subject.tenant_id is None:
        raise Forbidden
    return await session.get_one(Tenant, subject.tenant_id)


async def _require_room(session: AsyncSession, subject: Subject) -> None:
    mine = (TariffChange.tenant_id == subject.tenant_id, TariffChange.state == ChangeState.OPEN.value)
    if len((await session.scalars(select(TariffChange.id).where(*mine).limit(MOST_OPEN))).all()) >= MOST_OPEN:
        raise TooManyChanges(most=MOST_OPEN)


async def _check(session: AsyncSession, tenant: Tenant, form: ChangeForm) -> None:
    today = local_date(instant(session))
    if found := list(faults(form.content, form.effective_on, today, await rulebook(session), tenant)):
        raise InvalidInput(*found)
