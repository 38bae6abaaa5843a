"""收回授权: it ends at once, with everything lent on from it; the database ends the rows that decide."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from access.borrowers import tenants_of
from access.delegating import note
from access.delegation import Cause, Delegation
from access.delegation_form import RevokeForm, RevokeOnCaseForm
from access.delegations import Lender, may_revoke, one, revocable
from cases import timeline
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import Conflict, DomainError, Forbidden, NotFound, invalid
from foundation.language import N_, in_brackets
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class NothingLent(Conflict):
    code = "nothing_lent"
    message = N_("本案没有您可以收回的授权")


class DelegationOver(Conflict):
    code = "delegation_over"
    message = N_("这项授权已经终止")


async def revoke_on_case(session: AsyncSession, subject: Subject, case: Case, form: RevokeOnCaseForm) -> Done:
    row = await session.get(Delegation, form.delegation_id)
    if row is None or row.case_id != case.id or not may_revoke(subject, row):
        raise invalid("delegation_id", "not_a_choice", N_("请从所列项目中选择"))
    return await _end(session, subject, row, form)


async def revoke(session: AsyncSession, subject: Subject, delegation_id: UUID, form: RevokeForm) -> Delegation:
    """Raises NotFound, Forbidden, DelegationOver. Of one case it is an event of the case too."""
    row = await session.get(Delegation, delegation_id)
    if row is None or await one(session, subject, delegation_id) is None:
        raise NotFound
    if not may_revoke(subject, row):
        raise Forbidden
    done = await _end(session, subject, row, form)
    case = await session.get(Case, row.case_id) if row.case_id else None
    if case is not None:
        await timeline.record(session, subject, case, REVOKE, done)
    else:
        await note(session, subject, row, done.also_tenants, revoked=True)
    return row


async def _end(session: AsyncSession, subject: Subject, row: Delegation, form: RevokeForm) -> Done:
    now = instant(session)
    if row.revoked_at is not None or row.until <= now:
        raise DelegationOver
    row.revoked_at, row.revoked_by = now, subject.person_id
    row.revoke_cause, row.revoke_reason = Cause.REVOKED.value, form.reason
    await session.flush()
    audience = "parties" if row.tells_parties and row.case_id else "internal"
    return Done(data={"delegation": str(row.id)}, audience=audience, also_tenants=await _tenants(session, subject, row))


async def _tenants(session: AsyncSession, subject: Subject, row: Delegation) -> tuple[int, ...]:
    """Both sides, as far as they are the lender's own tenant or below it."""
    others: Iterable[int] = [row.to_tenant_id] if row.to_tenant_id else ()
    if row.to_person_id is not None:
        others = await tenants_of(session, subject, row.to_person_id)
    return tuple(sorted({row.lender_tenant_id, *others}))


async def standing_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Of this case alone: what a class was lent is taken back on the page of delegations."""
    found = await revocable(session, subject, case.id)
    return [Option(str(row.id), row.to + in_brackets(row.days)) for row in found]


LENT = Fact("""array(select row(holder_office_id, lender_office_id, recorded_by) from delegations
    where case_id = :case and revoked_at is null and until > :now and not removed(case_id))""")


@by_facts(LENT)
def lent_out(subject: Subject, case: Case, lent: Sequence[tuple[int, int, UUID]]) -> DomainError | None:
    """Of what `revocable` reads, whether there is any."""
    return None if any(may_revoke(subject, Lender(*row)) for row in lent) else NothingLent()


REVOKE = Act("revoke-delegation", N_("收回授权"), Action.CASE_DELEGATE, RevokeOnCaseForm, revoke_on_case, writes=False)
ACTS = (REVOKE,)
GUARDS = {"lent_out": lent_out}
OPTIONS = {"standing_delegations": standing_options}
