"""How a subject can stand to a case (decisions.md 3), and what the gate asks of the room that owns cases."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from tenants.subject import Subject


class Relation(StrEnum):
    # by place and custody, from the case's own columns
    HOLDS = "holds"
    HOUSES = "houses"
    OVERSEES = "oversees"
    SERVES = "serves"
    GOVERNS = "governs"
    MANAGES = "manages"
    # by record, rows of case_relations
    OFFERED = "offered"
    SENT = "sent"
    ASSISTS = "assists"
    SUPERVISES = "supervises"
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


BY_PLACE = frozenset({Relation.HOLDS, Relation.HOUSES, Relation.OVERSEES, Relation.GOVERNS, Relation.MANAGES})
NEGATIVE = frozenset({Relation.COMPLAINED_OF, Relation.EXCLUDED})
BY_RECORD = frozenset(Relation) - BY_PLACE - NEGATIVE - {Relation.NONE, Relation.SERVES}


class CaseLike(Protocol):
    """What the gate needs of a loaded case."""

    id: Any
    version: Any


class RelationSource(Protocol):
    """The room of cases implements this beside its model; the gate only combines it with the decision table."""

    def by_place(self, subject: Subject) -> Mapping[Relation, ColumnElement[bool]]:
        """For each relation by place that this subject's office can have at all: the predicate on cases."""
        ...

    def by_record(self, subject: Subject, relations: Collection[Relation]) -> ColumnElement[bool]:
        """A correlated EXISTS on case_relations for any of the relations, in force at the session's instant."""
        ...

    def not_excluded(self, subject: Subject) -> ColumnElement[bool]:
        """False for cases from which a negative relation removes the subject or its tenant."""
        ...

    async def load(self, session: AsyncSession, case_id: UUID, *, lock: bool) -> Any | None:
        """The case as row-level security shows it, or None."""
        ...

    async def of(self, session: AsyncSession, subject: Subject, case: Any) -> frozenset[Relation]:
        """All relations of the subject to one loaded case; empty when a negative one stands."""
        ...
