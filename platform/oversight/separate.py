"""Two lines in one person (31b): who directs the workroom does not oversee its cases, whatever other post is held.

六(一): the director of the leading group's office may be the workroom's director. Persons count, not posts.
"""

from collections.abc import Sequence

from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import DomainError, Forbidden
from foundation.language import N_
from tenants.directory import PostHolder
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

DIRECTING = ("wr_director", "wr_deputy")
"""Acting in one of these, a person guides the own handlers: that is no supervision of oneself."""
OVERSEER = "lgo_director"
DIRECTS = Fact(f"""exists (select from posts where person_id = :person and office_id = :desk
    and role in ({", ".join(map(repr, DIRECTING))}) and since <= :now and (until is null or until > :now))""")


class SelfSupervision(Forbidden):
    """`falls_to` says who does it instead."""

    code = "self_supervision"
    message = N_("您本人承办或者主管本案，不能监督自己；由%(falls_to)s办理")


FALLS_TO = {
    Tier.TOWNSHIP: N_("县级领导小组办公室"),
    Tier.COUNTY: N_("州市督导员"),
    Tier.PREFECTURE: N_("省督导员"),
    Tier.PROVINCE: N_("省领导小组另行指定的人员"),
}
"""Rows 30 and 31 go to the tier above (rules.md, Two lines in one workroom)."""


def falls_to(tenant: Tenant) -> str:
    """Who oversees where both lines end in one person, as a msgid."""
    return FALLS_TO[Tier(tenant.tier)]


def both_lines(tenant: Tenant, people: Sequence[PostHolder]) -> str | None:
    """Among the people of a tenant: where one directs the workroom and the leading group's office, who oversees."""
    directors = {post.person_id for post in people if post.role in DIRECTING}
    overseers = {post.person_id for post in people if post.role == OVERSEER}
    return falls_to(tenant) if directors & overseers else None


@by_facts(DIRECTS)
def lines_apart(subject: Subject, case: Case, directs: bool) -> DomainError | None:
    """Refuses who handles the case, or directs the office that holds it, in whatever post."""
    if subject.system or subject.role in DIRECTING or subject.tier is None:
        return None
    own = directs or case.handler_id == subject.person_id
    return SelfSupervision(falls_to=FALLS_TO[Tier(subject.tier)]) if own else None
