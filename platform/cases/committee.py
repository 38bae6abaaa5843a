"""Which 人民调解委员会 stands behind a station: without one it may receive, assess and refer, but not mediate (18a)."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OfficeKind


class CommitteeMissing(Conflict):
    """A station without a committee may receive, assess and refer, but not mediate."""

    code = "committee_missing"
    message = N_("本站点没有派驻的人民调解委员会，不能组织调解")


async def committee_of(session: AsyncSession, case: Case) -> int:
    """The office whose mediators sit on the team and whose seal closes the agreement."""
    holder = await session.get_one(Office, case.holder_office_id)
    if holder.kind == OfficeKind.COMMITTEE:
        return holder.id
    if holder.committee_id is None:
        raise CommitteeMissing
    return holder.committee_id


POSTED = Fact(
    f"select o.kind = '{OfficeKind.COMMITTEE.value}' or o.committee_id is not null from cases c"
    " join offices o on o.id = c.holder_office_id where c.id = :case"
)


@by_facts(POSTED)
def committee_posts(subject: Subject, case: Case, posted: bool) -> DomainError | None:
    """Before 受理: the holder is a committee, or a station that a committee posts."""
    return None if posted else CommitteeMissing()


GUARDS = {"committee_posts": committee_posts}
