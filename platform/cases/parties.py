"""Who has the dispute: parties, what each claims, and what each consents to. Names and all else are sealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, SmallInteger, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.model import Base


class Party(Base):
    """A petitioner (申请人) or the other side (被申请人), a person or a unit. `side`: petitioner | respondent."""

    __tablename__ = "parties"
    __table_args__ = (Index("ix_parties_case", "case_id", "ordinal"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    side: Mapped[str]
    kind: Mapped[str] = mapped_column(comment="person | unit")
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Sealed("parties.name"))
    identity: Mapped[dict[str, Any] | None] = mapped_column(
        Sealed("parties.identity"), comment="id_number, birth_date; a unit: uscc, legal_representative"
    )
    contact: Mapped[dict[str, Any] | None] = mapped_column(Sealed("parties.contact"), comment="address, telephone")
    sensitive: Mapped[dict[str, Any] | None] = mapped_column(
        Sealed("parties.sensitive"), comment="ethnic_group, health, poor_household and its evidence and dates"
    )
    unit_kind: Mapped[str | None] = mapped_column(comment="department | enterprise | unit | collective")
    representative: Mapped[bool] = mapped_column(default=False, comment="条例20(3): at most five of a joint visit")
    language: Mapped[str | None] = mapped_column(comment="language asked for, when not Putonghua")
    status: Mapped[str] = mapped_column(default="active", comment="active | declined | withdrawn | settled")
    receipt_hash: Mapped[bytes | None] = mapped_column(LargeBinary, comment="hash of the code on the receipt")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class Claim(Base):
    """One claim; suitability is decided per claim (domain.md 13.4)."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_case", "case_id", "ordinal"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(Sealed("claims.text"))
    nature: Mapped[str] = mapped_column(comment="civil | administrative | accusation …, codes of cases.suitability")
    decision: Mapped[str] = mapped_column(default="pending", comment="pending | suitable | refused | diverted")
    reason: Mapped[str | None] = mapped_column(comment="code of the ground of refusal")
    legal_basis: Mapped[str | None]
    channel: Mapped[str | None] = mapped_column(comment="lawful channel named in the refusal")
    last_day: Mapped[date | None] = mapped_column(comment="last day of that channel, as far as known")
    split_case_id: Mapped[UUID | None]
    raised_by: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid), comment="of a joint visit; null = all of it")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class Consent(Base):
    """One party's answer to one question, withdrawable. `about` names what is consented to (a person's id …)."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_case", "case_id", "kind"), Index("ix_consents_party", "kind", "party_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    kind: Mapped[str] = mapped_column(
        comment="mediation | disclosure | mediator | invited | transfer | free_will | electronic | extension"
    )
    about: Mapped[str | None]
    given: Mapped[bool]
    form: Mapped[str] = mapped_column(comment="written | oral")
    gives: Mapped[list[str] | None] = mapped_column(ARRAY(String), comment="disclosure: what may be given")
    to_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid), comment="disclosure: to which parties")
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("mandates.id"), comment="null = the party itself")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]


class Mandate(Base):
    """Who acts for a party: an agent by its written word, a guardian by law. A row ends by its day or a revocation."""

    __tablename__ = "mandates"
    __table_args__ = (Index("ix_mandates_case", "case_id", "party_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), comment="who is represented")
    capacity: Mapped[str] = mapped_column(comment="general | special | guardian")
    bond: Mapped[str | None] = mapped_column(comment="parent, lawyer …, codes of cases.mandate_form")
    ground: Mapped[str | None] = mapped_column(comment="a guardian's: minor | incapable | limited")
    name: Mapped[str] = mapped_column(Sealed("mandates.name"))
    identity: Mapped[dict[str, Any] | None] = mapped_column(Sealed("mandates.identity"), comment="id_number")
    contact: Mapped[dict[str, Any] | None] = mapped_column(Sealed("mandates.contact"), comment="telephone")
    matters: Mapped[str | None] = mapped_column(Sealed("mandates.matters"), comment="its scope in words")
    given_on: Mapped[date | None] = mapped_column(comment="date of the paper")
    ends_on: Mapped[date | None] = mapped_column(comment="last day; null = as long as the case")
    revoked_at: Mapped[datetime | None]
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("papers.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class PartyCorrection(Base):
    """What stood before a particular was corrected; it stays on record."""

    __tablename__ = "party_corrections"
    __table_args__ = (Index("ix_party_corrections_case", "case_id", "party_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    fields: Mapped[list[str]] = mapped_column(ARRAY(String), comment="codes of what was changed")
    before: Mapped[dict[str, Any]] = mapped_column(Sealed("party_corrections.before"), comment="code -> earlier value")
    basis: Mapped[str] = mapped_column(Sealed("party_corrections.basis"), comment="the paper it was corrected by")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
