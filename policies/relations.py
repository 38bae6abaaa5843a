"""How a subject can stand to a case (decisions.md 3), and what the gate asks of the room that owns cases."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import N_
from tenants.subject import Subject


class Relation(StrEnum):
    # by place and custody, from the case's own columns
    HOLDS = "holds"
    HOUSES = "houses"
    OVERSEES = "oversees"
    SERVES = "serves"
    GOVERNS = "governs"
    MANAGES = "manages"
    KEEPS = "keeps"
    # by record, rows of case_relations
    OFFERED = "offered"
    SENT = "sent"
    ASSISTS = "assists"
    SUPERVISES = "supervises"
    HEARS = "hears"
    TEAM = "team"
    HANDLER = "handler"
    REGISTRAR = "registrar"
    REFERRED = "referred"
    ENTRUSTS = "entrusts"
    LEADS = "leads"
    RESPONDENT = "respondent"
    PAYS = "pays"
    WARNED = "warned"
    SELF = "self"
    DELEGATED = "delegated"
    # these only take away
    COMPLAINED_OF = "complained_of"
    EXCLUDED = "excluded"
    # none: an operator's action that concerns no case
    NONE = "none"


RELATION_NAMES = {
    Relation.HOLDS: N_("本机构承办"),
    Relation.HOUSES: N_("本级其他机构承办"),
    Relation.OVERSEES: N_("下级承办"),
    Relation.SERVES: N_("属地交办事务"),
    Relation.GOVERNS: N_("本级业务监督"),
    Relation.MANAGES: N_("本级日常管理"),
    Relation.KEEPS: N_("本级保管的已结案件"),
    Relation.OFFERED: N_("待接收的移交"),
    Relation.SENT: N_("已移出"),
    Relation.ASSISTS: N_("协办"),
    Relation.SUPERVISES: N_("督办期限内"),
    Relation.HEARS: N_("投诉处理期间"),
    Relation.TEAM: N_("专调小组成员"),
    Relation.HANDLER: N_("承办人"),
    Relation.REGISTRAR: N_("登记人"),
    Relation.REFERRED: N_("转送交办"),
    Relation.ENTRUSTS: N_("签署委托"),
    Relation.LEADS: N_("包案领导"),
    Relation.RESPONDENT: N_("被申请方"),
    Relation.PAYS: N_("付款单位"),
    Relation.WARNED: N_("预警接收"),
    Relation.SELF: N_("当事人本人"),
    Relation.DELEGATED: N_("受托授权"),
    Relation.COMPLAINED_OF: N_("涉事或被检举的单位"),
    Relation.EXCLUDED: N_("已回避"),
    Relation.NONE: N_("与案件无关的管理事项"),
}

BY_PLACE = frozenset(
    {Relation.HOLDS, Relation.HOUSES, Relation.OVERSEES, Relation.GOVERNS, Relation.MANAGES, Relation.KEEPS}
)
NEGATIVE = frozenset({Relation.COMPLAINED_OF, Relation.EXCLUDED})
BY_RECORD = frozenset(Relation) - BY_PLACE - NEGATIVE - {Relation.NONE, Relation.SERVES}


class Standing(Struct, frozen=True):
    """One relation of the subject to one case. `role` is the role that the record itself gives (a team member's
    part, an assistant's); None = the subject acts in the role of the post. `until` None = as long as custody lasts.
    `actions` are those that the record lends; None = all that the role may do in this relation."""

    relation: Relation
    role: str | None = None
    until: datetime | None = None
    actions: frozenset[str] | None = None


class RelationSource(Protocol):
    """The room of cases implements this beside its model; the gate only combines it with the decision table."""

    def __hash__(self) -> int: ...

    def by_place(self, subject: Subject, relations: Collection[Relation]) -> list[ColumnElement[bool]]:
        """Disjoint predicates on cases, each led by one index: the rows to which one of `relations` holds."""
        ...

    def by_record(
        self, subject: Subject, action: str, relations: Collection[Relation], given: Collection[tuple[Relation, str]]
    ) -> list[ColumnElement[bool]]:
        """Predicates on case_relations, each led by one index: rows in force that name the subject and give one of
        `relations` without a role of its own, or one of `given`, and lend the action where they lend by name. A case
        may have several such rows."""
        ...

    def related(self, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
        """On cases: there is a row of case_relations that meets one of the conditions."""
        ...

    def not_excluded(self, subject: Subject, case_id: ColumnElement[UUID] | None = None) -> ColumnElement[bool]:
        """False for cases (of the table, or of a column of their ids) from which a negative relation removes the
        subject or its tenant."""
        ...

    async def load(
        self, session: AsyncSession, case_id: UUID, *, lock: bool, subject: Subject | None = None
    ) -> Any | None:
        """The case as row-level security shows it, or None. `subject`: whose standings are asked next, by `of`."""
        ...

    async def of(self, session: AsyncSession, subject: Subject, case: Any) -> tuple[Standing, ...]:
        """All standings of the subject to one loaded case; empty when a negative relation stands."""
        ...
