"""The tree: places, tenants, offices; and who works there: persons, posts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.model import Base


class Place(Base):
    """A division on the map, with its ancestors as columns; `valid_to` null = still in force."""

    __tablename__ = "places"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    tier: Mapped[str] = mapped_column(String(1))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(comment="省 州 市 县 区 镇 乡 民族乡 街道 … or zone")
    code_mca: Mapped[str | None] = mapped_column(index=True, comment="civil affairs code")
    code_nbs: Mapped[str | None] = mapped_column(comment="statistics code, not portable")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    province_id: Mapped[int | None]
    prefecture_id: Mapped[int | None]
    county_id: Mapped[int | None]
    township_id: Mapped[int | None]


class Tenant(Base):
    """Who works: one per place of a tier, and zones under a host county. Ids are never reused."""

    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    tier: Mapped[str] = mapped_column(String(1))
    kind: Mapped[str] = mapped_column(comment="division | zone")
    name: Mapped[str]
    county_code: Mapped[str | None] = mapped_column(comment="six digits for the case number, of the county or above")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    province_id: Mapped[int | None]
    prefecture_id: Mapped[int | None]
    county_id: Mapped[int | None]
    township_id: Mapped[int | None]


class Office(Base):
    """A desk of a tenant that can hold cases or oversee them; every station names the committee that posts it."""

    __tablename__ = "offices"
    __table_args__ = (Index("ix_offices_tenant_id_kind", "tenant_id", "kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    name: Mapped[str]
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), comment="obligation 18a")
    committee_kind: Mapped[str | None] = mapped_column(comment="codes of tenants.committees.CommitteeKind")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Person(Base):
    """A person who works here, province-wide: name and profession are readable by every member."""

    __tablename__ = "persons"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    profession: Mapped[str | None] = mapped_column(comment="mediator lawyer notary forensic legal_aid grassroots …")


class PersonPrivate(Base):
    """Identity, contact and status of a person who works here; seen through a post in the same tenant or above."""

    __tablename__ = "person_private"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    identity: Mapped[dict[str, Any] | None] = mapped_column(Sealed("person_private.identity"))
    contact: Mapped[dict[str, Any] | None] = mapped_column(Sealed("person_private.contact"))


class OfficialStatus(Base):
    """Dated status of a public official (六(四)6: never paid); retired officials are not officials."""

    __tablename__ = "official_statuses"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    kind: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    evidence: Mapped[str]


class Post(Base):
    """role × office × term. A session acts in one post at a time.

    Without a begin it waits for a second person (`PostGrant`), and gives nothing; with an end alone it was refused.
    """

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("person_id", "office_id", "role", "since"),
        Index(
            "uq_posts_waiting", "person_id", "office_id", "role",
            unique=True, postgresql_where=text("since is null and until is null"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    role: Mapped[str] = mapped_column(index=True)
    since: Mapped[datetime | None] = mapped_column(comment="null = nobody has confirmed it: it gives nothing")
    until: Mapped[datetime | None]


class PostGrant(Base):
    """Who gave a post that two persons make, and the second one's word. Written by the database's functions alone."""

    __tablename__ = "post_grants"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    given_by: Mapped[UUID | None] = mapped_column(comment="person; null = the operator at the machine")
    given_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(comment="confirmed refused; null = nobody has decided")
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(comment="of a refusal")
