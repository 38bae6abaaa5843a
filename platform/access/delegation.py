"""What was lent: named actions on one case, or on a class of an office's cases, to a person or a lower tenant.

Append-only besides the revocation. What decides is `case_relations`: the database writes and ends those rows with
this table, in the same transaction (migration 0021, decision 0020).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base
from policies.actions import Action


class Cause(Choice):
    """Why a delegation ended before its term."""

    REVOKED = "revoked", N_("已收回")
    ABOVE = "above", N_("上一手授权已收回")
    CUSTODY = "custody", N_("案件已移出")
    LEFT = "left", N_("案件已不属所授权的类别")
    POST = "post", N_("受托人已离岗")
    REMOVED = "removed", N_("有利害关系的一方已回避")


class Delegation(Base):
    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("(case_id is null) <> (case_class is null and dispute_type is null)", "case_or_class"),
        CheckConstraint("(to_person_id is null) <> (to_tenant_id is null)", "person_or_tenant"),
        CheckConstraint("to_office_id is null or to_tenant_id is not null", "office_of_tenant"),
        CheckConstraint("since < until", "begins_before_it_ends"),
        Index("ix_delegations_holder", "holder_office_id", "id"),
        Index("ix_delegations_lender", "lender_office_id", "id"),
        Index("ix_delegations_recorder", "recorded_by", "id"),
        Index("ix_delegations_person", "to_person_id", "id", postgresql_where=text("to_person_id is not null")),
        Index("ix_delegations_tenant", "to_tenant_id", "id", postgresql_where=text("to_tenant_id is not null")),
        Index("ix_delegations_case", "case_id", postgresql_where=text("case_id is not null")),
        Index("ix_delegations_parent", "parent_id", postgresql_where=text("parent_id is not null")),
        Index(
            "ix_delegations_class", "holder_office_id",
            postgresql_where=text("case_id is null and revoked_at is null"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    holder_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="whose cases are meant")
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    case_class: Mapped[str | None]
    dispute_type: Mapped[int | None] = mapped_column(SmallInteger)
    actions: Mapped[list[str]] = mapped_column(ARRAY(String), comment="with case:delegate: may be lent on")
    lender_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    lender_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("delegations.id"), comment="lent on from this one")
    to_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    to_tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenants.id"))
    to_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), comment="only this desk of it")
    since: Mapped[datetime]
    until: Mapped[datetime]
    purpose: Mapped[str]
    tells_parties: Mapped[bool] = mapped_column(comment="it reaches another processor (个人信息保护法 23)")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(comment="null where a fact ended it")
    revoke_cause: Mapped[str | None]
    revoke_reason: Mapped[str | None]

    @property
    def onward(self) -> bool:
        """Lending on is an action like any other: who may, was lent it."""
        return Action.CASE_DELEGATE in self.actions

    @property
    def source(self) -> str:
        """As `case_relations` names it."""
        return f"delegations:{self.id}"
