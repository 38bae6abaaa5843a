"""Who looked: one row for each hour in which a person in one post had a case open by one rule."""

from datetime import datetime
from enum import IntFlag
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.language import N_
from foundation.model import Base


class Exit(IntFlag):
    """Ways by which a case was opened; a row holds all of its hour."""

    PAGE = 1
    API = 2
    PAPER = 4
    FILE = 8
    PREVIEW = 16
    ACT = 32


EXIT_NAMES = {
    Exit.PAGE: N_("案件页面"),
    Exit.API: N_("程序接口"),
    Exit.PAPER: N_("文书"),
    Exit.FILE: N_("文件"),
    Exit.PREVIEW: N_("移交预览"),
    Exit.ACT: N_("办理事项"),
}


class Look(Base):
    """Who, in which post and office, by which relation, rule and record, by which exits; first and last of the hour."""

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("case_id", "hour", "post_id", "rule"),
        Index("ix_looks_case", "case_id", text("first_at desc"), text("id desc")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(comment="no foreign key: its lock would make a reader wait for who writes")
    hour: Mapped[datetime]
    person_id: Mapped[UUID]
    post_id: Mapped[UUID]
    office_id: Mapped[int | None]
    tenant_id: Mapped[int | None]
    role: Mapped[str]
    relation: Mapped[str]
    rule: Mapped[str] = mapped_column(comment="row of the rules that opened the case")
    source: Mapped[str | None] = mapped_column(comment="of a relation by record: the row that made it")
    token_id: Mapped[UUID | None] = mapped_column(comment="the program that read for the person")
    exits: Mapped[int] = mapped_column(SmallInteger, comment="bits of access.looks_models.Exit")
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(comment="the last one written: a new exit, not every repetition")
