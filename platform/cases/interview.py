"""接谈 itself: where and how it was held, in which language, what was brought (obligation 21)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base

LONGEST_JOINT = 5_000
"""Persons in one registration. No limit of the law: so many are read at once, more are added afterwards (N10)."""
LANGUAGES = (
    "藏语", "彝语", "白语", "哈尼语", "壮语", "傣语", "苗语", "傈僳语", "拉祜语", "佤语", "纳西语", "瑶语", "景颇语",
    "布朗语", "普米语", "怒语", "阿昌语", "德昂语", "基诺语", "蒙古语", "独龙语", "水语", "布依语", "手语",
    "当地汉语方言",
)  # fmt: skip
"""Offered in a list; any other may be typed (adopted from the names of Yunnan's groups; not a closed list)."""


class Mode(Choice):
    """五(一): at the desk, or going to the people."""

    DESK = "desk", N_("工作室（窗口）接谈")
    OUTREACH = "outreach", N_("深入基层接谈")


class Visit(Choice):
    """信访形式: how the matter came."""

    INDIVIDUAL = "individual", N_("个人走访")
    JOINT = "joint", N_("多人（集体）走访")
    LETTER = "letter", N_("来信（含联名信）")
    PHONE = "phone", N_("来电")
    ONLINE = "online", N_("网上反映")


class Interpreting(Choice):
    """Offered to everybody (N8); lacking one delays no registration."""

    NOT_NEEDED = "not_needed", N_("已询问，不需要翻译")
    PROVIDED = "provided", N_("已安排翻译")
    DECLINED = "declined", N_("已告知可提供翻译，本人不要")
    TO_COME = "to_come", N_("暂无翻译，已登记，另约时间")


class Original(Choice):
    ORIGINAL = "original", N_("原件")
    COPY = "copy", N_("复印件")
    ELECTRONIC = "electronic", N_("电子件")


class Handling(Choice):
    """Papers remain the petitioner's own: what is kept is kept on a list that the receipt shows."""

    RETURNED = "returned", N_("核对后当场退还")
    KEPT = "kept", N_("留存")


class MaterialRow(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(title=N_("材料名称"), min_length=1, max_length=200)]
    copies: Annotated[int, Meta(title=N_("份数"), ge=1, le=9999)] = 1
    original: Annotated[Original, Meta(title=N_("原件或复印件"))] = Original.COPY
    handling: Annotated[Handling, Meta(title=N_("退还或留存"))] = Handling.RETURNED


class Interview(Base):
    """One row of a case: codes and instants; words and names are in the paper of the interview."""

    __tablename__ = "interviews"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    mode: Mapped[str] = mapped_column(comment="desk | outreach")
    visit: Mapped[str] = mapped_column(comment="individual | joint | letter | phone | online")
    held_at: Mapped[datetime] = mapped_column(comment="when the person was heard or the letter came")
    found_at: Mapped[datetime | None] = mapped_column(comment="第一时间发现 (obligation 14)")
    interpreting: Mapped[str | None] = mapped_column(comment="not_needed | provided | declined | to_come")
    campaign_id: Mapped[int | None] = mapped_column(
        Integer, ForeignKey("campaigns.id"), comment="专项行动 (obligation 12a)"
    )
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
