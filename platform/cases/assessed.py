"""What 评析 and 受理 found of a case beside its claims, read in one statement: standing, tags, links, classes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact, known
from cases.models import Case
from cases.standing import STANDING
from cases.tags import TAGS
from policies.actions import Action
from policies.gate import Permissions
from tenants.subject import Subject


class Standing(Struct, frozen=True):
    between: str
    phase: str
    level: str | None
    register_no: str | None


class TagView(Struct, frozen=True):
    tag: str
    basis: str
    since: datetime


class Link(Struct, frozen=True):
    """The other number of the same visit; whether its page opens is that case's own question."""

    kind: str
    other_case_id: UUID
    other_no: str


class ClassStep(Struct, frozen=True):
    """`from_class` None = at 受理; `confirmed` None = waits for a second person. `clause` is a msgid."""

    from_class: str | None
    to_class: str
    clause: str
    persons: int
    confirmed: bool | None
    recorded_at: datetime
    recorded_by: UUID
    decided_at: datetime | None
    decided_by: UUID | None


class Assessed(Struct, frozen=True):
    standing: Standing | None = None
    tags: Sequence[TagView] = ()
    links: Sequence[Link] = ()
    classes: Sequence[ClassStep] = ()

    @property
    def shown(self) -> bool:
        """Whether there is anything beside what the facts of the case say: where it was split from stands there."""
        split_off = any(link.kind == "split_to" for link in self.links)
        return bool(self.standing or self.tags or split_off or self.classes)

    @property
    def people(self) -> list[UUID]:
        """Whose names the history of the class needs."""
        return [one for step in self.classes for one in (step.recorded_by, step.decided_by) if one is not None]


LINKS = Fact(
    "array(select row(kind, other_case_id, other_no) from case_links"
    " where case_id = :case and withdrawn_at is null order by recorded_at, id)"
)
CLASSES = Fact(
    f"array(select row({', '.join(ClassStep.__struct_fields__)}) from class_findings"
    " where case_id = :case order by recorded_at, id)"
)


async def assessed_of(session: AsyncSession, subject: Subject, case: Case, permissions: Permissions) -> Assessed:
    """For readers of the case; who follows its status alone sees none of it."""
    if Action.CASE_READ not in permissions.actions:
        return Assessed()
    standing, tags, links, classes = await known(session, subject, case, (STANDING, TAGS, LINKS, CLASSES))
    return Assessed(
        Standing(*standing) if standing else None,
        [TagView(*row) for row in tags],
        [Link(*row) for row in links],
        [ClassStep(*row) for row in classes],
    )
