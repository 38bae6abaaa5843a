"""The case: only what a preview may show (decisions.md 6). All else is in child tables."""

from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, FetchedValue, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base

TIER_COLUMNS = ("province_id", "prefecture_id", "county_id", "township_id")


def _tier_indexes() -> list[Index]:
    """A list page reads one of these: newest first, due first, and by step and class, at each tier."""
    return [
        index
        for column in TIER_COLUMNS
        for index in (
            Index(f"ix_cases_{column}_filed", column, text("filed_at desc"), text("id desc")),
            Index(f"ix_cases_{column}_due", column, "due_at", "id", postgresql_where=text("due_at is not null")),
            Index(f"ix_cases_{column}_step", column, "step", text("filed_at desc"), text("id desc")),
            Index(f"ix_cases_{column}_class", column, "case_class", text("filed_at desc"), text("id desc")),
        )
    ]


def _held_indexes() -> list[Index]:
    """The few that a tier's own offices hold, among all that lie below it; a township's lie nowhere else."""
    return [
        Index(
            f"ix_cases_{column}_held", column, text("filed_at desc"), text("id desc"),
            postgresql_where=text(f"{lower} is null"),
        )
        for column, lower in pairwise(TIER_COLUMNS)
    ]  # fmt: skip


class Case(Base):
    __tablename__ = "cases"
    __table_args__ = (
        *_tier_indexes(),
        *_held_indexes(),
        Index("ix_cases_holder_filed", "holder_office_id", text("filed_at desc"), text("id desc")),
        Index("ix_cases_handler_filed", "handler_id", text("filed_at desc"), text("id desc")),
        Index("ix_cases_parent", "parent_case_id", postgresql_where=text("parent_case_id is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    registration_no: Mapped[str] = mapped_column(unique=True, comment="登记号")
    case_no: Mapped[str | None] = mapped_column(unique=True, comment="案号, given when the team is formed")
    dossier_no: Mapped[str | None] = mapped_column(comment="卷号, given at archiving")
    petition_no: Mapped[str | None] = mapped_column(comment="the petition office's own register number")
    parent_case_id: Mapped[UUID | None] = mapped_column(comment="the case this one was split from")

    state: Mapped[str]
    step: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[str | None]
    case_class: Mapped[str | None]
    class_clause: Mapped[str | None]
    dispute_type: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    first_visit: Mapped[bool]
    person_count: Mapped[int]
    persons_at_acceptance: Mapped[int | None] = mapped_column(comment="frozen at 受理; a withdrawal never lowers it")
    visited_unit: Mapped[str | None] = mapped_column(comment="被访单位, a unit's name, never a person's")
    funding_position: Mapped[str | None]

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), comment="where the dispute is, not who holds it")
    holder_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    province_id: Mapped[int]
    prefecture_id: Mapped[int | None]
    county_id: Mapped[int | None]
    township_id: Mapped[int | None]
    offer_id: Mapped[UUID | None] = mapped_column(comment="not null = frozen by a pending handover")
    handler_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))

    filed_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(comment="the nearest open term, for lists and the desk")
    due_kind: Mapped[str | None] = mapped_column(comment="of that term, for its warning lead")
    guided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


def _relation_indexes() -> list[Index]:
    """For each who can be named: their cases newest first, and the few from which they are removed."""
    return [
        index
        for who in ("tenant", "person")
        for index in (
            Index(
                f"ix_case_relations_{who}", f"{who}_id", text("filed_at desc"), text("case_id desc"),
                postgresql_where=text(f"{who}_id is not null"),
            ),
            Index(
                f"ix_case_relations_{who}_removed", f"{who}_id",
                postgresql_where=text("relation in ('excluded', 'complained_of')"),
            ),
        )
    ]  # fmt: skip


class CaseRelation(Base):
    """One relation by record. An office's row also carries its tenant; `until` is never null ('infinity')."""

    __tablename__ = "case_relations"
    __table_args__ = (
        CheckConstraint("relation not in ('team', 'handler') or role is not null", "role_named"),
        CheckConstraint("tenant_id is not null or person_id is not null", "someone_named"),
        Index("ix_case_relations_case_tenant", "case_id", "tenant_id"),
        Index("ix_case_relations_case_person", "case_id", "person_id"),
        Index("ix_case_relations_relation_role", "relation", "role"),
        Index("ix_case_relations_lent", "source", postgresql_where=text("relation = 'delegated'")),
        *_relation_indexes(),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    relation: Mapped[str]
    role: Mapped[str | None] = mapped_column(comment="the role the record itself gives; null = the post's")
    tenant_id: Mapped[int | None]
    office_id: Mapped[int | None]
    person_id: Mapped[UUID | None] = mapped_column(comment="a staff person, or a party on its own page (self)")
    since: Mapped[datetime]
    until: Mapped[datetime]
    source: Mapped[str] = mapped_column(comment="table and row that made the fact, as `handover_offers:<id>`")
    actions: Mapped[list[str] | None] = mapped_column(
        ARRAY(String), comment="what a delegation lends by name; null = all that the role may do in this relation"
    )
    filed_at: Mapped[datetime] = mapped_column(
        server_default=FetchedValue(), comment="the case's own, for the order of lists"
    )
