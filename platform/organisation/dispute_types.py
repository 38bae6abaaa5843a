"""The dictionary of dispute types (司法部 统计), dated; the operators' office edits it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, SmallInteger, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import local_date
from foundation.model import Base
from foundation.store import instant


class DisputeType(Base):
    __tablename__ = "dispute_types"

    code: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    asks_gate: Mapped[bool] = mapped_column(default=False, comment="the suitability gate asks more")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


async def dispute_types(session: AsyncSession) -> Sequence[DisputeType]:
    """Those in force today, in the order of their codes."""
    return (await session.scalars(IN_FORCE, {"today": local_date(instant(session))})).all()


async def asks_gate(session: AsyncSession, code: int) -> bool:
    """Whether the suitability gate asks its sub-question of this type: also of one no longer in force."""
    return bool(await session.scalar(select(DisputeType.asks_gate).where(DisputeType.code == code)))


def is_in_force(code: ColumnElement[Any], today: ColumnElement[date]) -> ColumnElement[bool]:
    """For a statement that asks several things at once."""
    return select(DisputeType.code).where(DisputeType.code == code, *_in_force(today)).exists()


def _in_force(today: ColumnElement[date]) -> tuple[ColumnElement[bool], ...]:
    return DisputeType.valid_from <= today, or_(DisputeType.valid_to.is_(None), DisputeType.valid_to > today)


IN_FORCE = select(DisputeType).where(*_in_force(bindparam("today", type_=Date))).order_by(DisputeType.code)
"""Made once, as it is asked with every form."""
