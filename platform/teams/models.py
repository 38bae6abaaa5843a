"""The team of a case (一案一组), its members, and the versions of its plan (一案一策)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class Team(Base):
    """At most one is active per case; `office_id` is the holder that formed it."""

    __tablename__ = "teams"
    __table_args__ = (
        Index("uq_teams_active", "case_id", unique=True, postgresql_where=text("dissolved_at is null")),
        Index("ix_teams_case", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    formed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime | None]
    dissolved_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]


class TeamMember(Base):
    """One person in one role; who has several roles has several rows. Replaced rows stay as history."""

    __tablename__ = "team_members"
    __table_args__ = (
        Index(
            "uq_team_members_serving",
            "team_id",
            "person_id",
            "role",
            unique=True,
            postgresql_where=text("until is null"),
        ),
        Index("ix_team_members_case", "case_id"),
        Index("ix_team_members_team", "team_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[str] = mapped_column(comment="codes of teams.roles.TeamRole")
    status: Mapped[str] = mapped_column(comment="proposed | accepted | replaced; sight of the case begins at accepted")
    needs_acceptance: Mapped[bool] = mapped_column(comment="人民调解法20, 23(1): each party says yes first")
    since: Mapped[datetime] = mapped_column(comment="the term begins; sight not before")
    ends_at: Mapped[datetime | None] = mapped_column(comment="the term ends, and sight by itself; null = with the case")
    until: Mapped[datetime | None] = mapped_column(comment="the seat was given up")
    replaced_for: Mapped[str | None] = mapped_column(comment="codes of teams.replacement.Reason, dissolved, term")
    recorded_at: Mapped[datetime]


class Plan(Base):
    """One version of the plan; its words are the paper's."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("case_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    version: Mapped[int]
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("papers.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class Appraisal(Base):
    """An appraisal that a party commissioned (五(四)); while one runs, the mediation clock stands still."""

    __tablename__ = "appraisals"
    __table_args__ = (Index("ix_appraisals_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    commissioned_by: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), comment="a party, never the workroom")
    advanced_by: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), comment="who advances the fee (24a)")
    body: Mapped[str] = mapped_column(comment="the appraisal body, an organisation")
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("papers.id"))
    received_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
