"""Referrals (五(六)): the party's own application to a court, an arbitral body, a notary … and what came of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base


class Channel(Choice):
    LITIGATION = "litigation", N_("诉讼")
    ARBITRATION = "arbitration", N_("仲裁")
    RECONSIDERATION = "reconsideration", N_("行政复议")
    NOTARIAL_DEED = "notarial_deed", N_("具有强制执行效力的公证债权文书")
    CONFIRMATION = "judicial_confirmation", N_("司法确认")
    LEGAL_AID = "legal_aid", N_("法律援助")
    OWN_LAWYER = "own_lawyer", N_("自行委托律师")
    EXECUTION = "execution", N_("申请强制执行")


class Matter(Choice):
    """What a court is asked to confirm."""

    PERFORMANCE = "performance", N_("给付或其他民事义务")
    STATUS = "status", N_("身份关系、收养、婚姻的确认")
    REAL_RIGHT = "real_right", N_("土地、房屋等物权的确认")


class ReferralResult(Choice):
    PENDING = "pending", N_("已提出申请，尚无结果")
    ACCEPTED = "accepted", N_("已受理")
    GRANTED = "granted", N_("已办结，准许或支持")
    REFUSED = "refused", N_("未予受理或未予支持")
    GIVEN_UP = "given_up", N_("本人撤回")
    AID_ENDED = "aid_ended", N_("本人自行委托律师，法律援助终止")


OF_ONE_PERSON = frozenset({Channel.LEGAL_AID, Channel.OWN_LAWYER})
"""Tells of one person's means or plans: nothing for the other parties' timeline."""
OPEN_RESULTS = (ReferralResult.PENDING, ReferralResult.ACCEPTED)
"""More is to come."""


class Referral(Base):
    """Never a handover: the case stays with its holder, the organ gets the party's application only."""

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    channel: Mapped[str]
    applicant_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="parties who applied")
    term_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="terms of the agreement that a deed covers")
    organ: Mapped[str]
    applied_on: Mapped[date]
    last_day: Mapped[date | None] = mapped_column(comment="last day of this channel, as far as known")
    receipt_no: Mapped[str | None]
    document_no: Mapped[str | None] = mapped_column(comment="of the organ's decision")
    answered_on: Mapped[date | None]
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("persons.id"), comment="the notary or lawyer, if known here"
    )
    result: Mapped[str] = mapped_column(comment="code of ReferralResult")
    ahead: Mapped[bool | None] = mapped_column(comment="legal aid asked for ahead of its check (法律援助法 44)")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


async def referrals_of(session: AsyncSession, case: Case, *channels: Channel) -> list[Referral]:
    """In the order recorded; all channels when none is named."""
    query = select(Referral).where(Referral.case_id == case.id).order_by(Referral.id)
    if channels:
        query = query.where(Referral.channel.in_([channel.value for channel in channels]))
    return list(await session.scalars(query))
