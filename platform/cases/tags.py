"""重点标签 (obligations 12, 56): of a dispute, with the paper that says so. Never of a person (N1)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.facts import Fact
from cases.models import Case
from foundation.choice import Choice
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Tag(Choice):
    """方案四 and 八(三)."""

    THREE_BATTLES = "three_battles", N_("三大攻坚战、精准脱贫")
    YANGTZE = "yangtze", N_("长江经济带")
    THREE_CARDS = "three_cards", N_("三张牌")
    LEADER_CHARGE = "leader_charge", N_("领导包案")
    OTHER_MAJOR = "other_major", N_("其他重大疑难")
    HARD_BONE = "hard_bone", N_("骨头案")
    NAIL = "nail", N_("钉子案")
    HEADLESS = "headless", N_("无头案")


class CaseTag(Base):
    """In force until `ended_at`; a tag stands once."""

    __tablename__ = "case_tags"
    __table_args__ = (
        Index("ix_case_tags_in_force", "case_id", "tag", unique=True, postgresql_where=text("ended_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    tag: Mapped[str]
    basis: Mapped[str] = mapped_column(comment="the paper, list or order that says so")
    ended_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class TagRow(Struct, frozen=True, kw_only=True):
    tag: Annotated[Tag, Meta(title=N_("标签"))]
    basis: Annotated[
        str,
        Meta(title=N_("依据的文件"), description=N_("只写事由和文号，不写个人情况"), min_length=2, max_length=200),
    ]


class TagsForm(Struct, frozen=True, kw_only=True):
    tags: Annotated[
        list[TagRow], Meta(title=N_("重点标签"), description=N_("填写全部现行标签；未列的即取消"), max_length=8)
    ] = []


async def tag_case(session: AsyncSession, subject: Subject, case: Case, form: TagsForm) -> Done:
    """The tags from now on: what is not named ends, what is named anew begins."""
    wanted = {row.tag.value: row.basis for row in form.tags}
    if len(wanted) < len(form.tags):
        raise invalid("tags", "repeated", N_("同一标签只填一次"))
    now = instant(session)
    query = select(CaseTag).where(CaseTag.case_id == case.id, CaseTag.ended_at.is_(None))
    for standing in await session.scalars(query):
        if wanted.get(standing.tag) == standing.basis:
            del wanted[standing.tag]
        else:
            standing.ended_at = now
    await session.flush()
    for tag, basis in wanted.items():
        session.add(
            CaseTag(
                id=new_id(now), case_id=case.id, tag=tag, basis=basis, recorded_at=now, recorded_by=subject.person_id
            )
        )
    return Done(data={"tags": [row.tag.value for row in form.tags]})


TAGS = Fact(
    "array(select row(tag, basis, recorded_at) from case_tags where case_id = :case and ended_at is null order by tag)"
)
ACTS = (Act("tag-case", N_("设置重点标签"), Action.CASE_ASSESS, TagsForm, tag_case, step=2),)
