"""What is known of a person who works here beside name and post: skills, languages, where they served, their kin.

It serves the choosing of a team (六(一), 人民调解法 22): who is able, and who must not sit.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base

BLIND_PURPOSE = "parties.identity.id_number"
"""That of the parties' own index (cases.identity_index), or no two digests would ever be the same."""


class Kin(Choice):
    """Whose identity number it is: the person's own, or a near relative's (民法典 1045)."""

    SELF = "self", N_("本人")
    SPOUSE = "spouse", N_("配偶")
    PARENT = "parent", N_("父母")
    CHILD = "child", N_("子女")
    SIBLING = "sibling", N_("兄弟姐妹")
    OTHER = "other", N_("其他近亲属")


class PersonSkills(Base):
    """One row of a person; readable by every member, as the profession is."""

    __tablename__ = "person_skills"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    skills: Mapped[list[str]] = mapped_column(ARRAY(String), comment="kinds of dispute, trades")
    languages: Mapped[list[str]] = mapped_column(ARRAY(String), comment="beside Putonghua")


class Employment(Base):
    """A term of service elsewhere; past ones count too (条例28(3))."""

    __tablename__ = "employments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    unit: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class DeclaredKin(Base):
    """An identity number that the person has declared: compared with the parties', never shown."""

    __tablename__ = "declared_kin"
    __table_args__ = (UniqueConstraint("person_id", "blind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    kin: Mapped[str] = mapped_column(comment="codes of tenants.background.Kin")
    number: Mapped[str] = mapped_column(Sealed("declared_kin.number"), comment="for making the index anew only")
    blind: Mapped[bytes] = mapped_column(LargeBinary, comment="HMAC, as identity_index has it")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
