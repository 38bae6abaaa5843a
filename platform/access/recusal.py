"""回避: who has an interest leaves the case at once; whom a party asks to leave stands aside until it is decided.

信访工作条例28(3), 人民调解法22 (a party may demand another mediator). How and how fast it is decided the Mediation Law
does not say: the Civil Procedure Law's articles 47-50 serve by analogy (decision 0021).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from foundation.model import Base
from tenants.subject import Subject


class Ground(Choice):
    OWN = "own", N_("本人是当事人，或者与纠纷有直接利害关系")
    KINSHIP = "kinship", N_("是当事人、代理人的近亲属，或者有其他可能影响公正的关系")
    UNIT = "unit", N_("在涉事单位任职，或者与该单位有利害关系")


class Manner(Choice):
    DECLARED = "declared", N_("本人申报")
    PAGE = "page", N_("当事人在本人页面申请")
    ORAL = "oral", N_("当事人口头申请，由工作室记录")


class RecusalState(Choice):
    OPEN = "open", N_("待决定")
    DECLARED = "declared", N_("已自行回避")
    GRANTED = "granted", N_("准予回避")
    REFUSED = "refused", N_("决定不予回避")
    LAPSED = "lapsed", N_("此人已不再参与，无须决定")


class Recusal(Base):
    """One declaration or one request about one person; at most one request per person is open."""

    __tablename__ = "recusals"
    __table_args__ = (
        Index("ix_recusals_case", "case_id", "recorded_at"),
        Index("uq_recusals_open", "case_id", "person_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), comment="who is to leave the case")
    manner: Mapped[str] = mapped_column(comment="declared | page | oral")
    ground: Mapped[str] = mapped_column(comment="codes of access.recusal.Ground")
    fact: Mapped[str] = mapped_column(Sealed("recusals.fact"))
    party_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("parties.id"), comment="who asked; null = declared by the person"
    )
    state: Mapped[str] = mapped_column(comment="codes of access.recusal.RecusalState")
    suspends: Mapped[bool] = mapped_column(comment="the person stands aside until the decision (民事诉讼法48)")
    decide_by: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(
        Sealed("recusals.reason"), comment="of the decision, as the party reads it"
    )


class StandsAside(Conflict):
    """民事诉讼法48 by analogy: urgent things (notes, warnings) go on, and reading does."""

    code = "stands_aside"
    message = N_("当事人已申请您回避，在作出决定前暂停参与本案；仅可写备注和安全预警")


class NoOpenRequest(Conflict):
    code = "no_open_recusal"
    message = N_("没有待决定的回避申请")


OPEN_ONE = "exists (select from recusals where case_id = :case and state = 'open'"


@by_facts(Fact(f"{OPEN_ONE} and person_id = :person and suspends)"))
def standing_aside(subject: Subject, case: Case, asked_to_leave: bool) -> DomainError | None:
    return StandsAside() if asked_to_leave else None


@by_facts(Fact(f"{OPEN_ONE})"))
def recusal_open(subject: Subject, case: Case, is_open: bool) -> DomainError | None:
    return None if is_open else NoOpenRequest()


async def requests_of(session: AsyncSession, case_id: UUID, *, party_id: UUID | None = None) -> Sequence[Recusal]:
    """Oldest first; of one party for that party's own page."""
    query = select(Recusal).where(Recusal.case_id == case_id, Recusal.party_id.is_not(None))
    if party_id is not None:
        query = query.where(Recusal.party_id == party_id)
    return (await session.scalars(query.order_by(Recusal.recorded_at, Recusal.id))).all()


GUARDS = {"recusal_open": recusal_open}
