"""Editions of the rules: each is kept as it was made, the newest is in force in every process (rules as data).

Without any, the rules that came with the program are in force.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.errors import NotFound
from foundation.model import Base
from foundation.store import instant
from policies.invariants import require_sound
from policies.rules import FILE, PolicyBroken, RuleBook, parse
from policies.stored import table_of


class RuleEdition(Base):
    __tablename__ = "rule_editions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(comment="hash of the rules")
    content: Mapped[str] = mapped_column(comment="as rules.csv")
    made_by: Mapped[str] = mapped_column(comment="person id, or the name of a system subject")
    made_at: Mapped[datetime]
    draft_id: Mapped[UUID | None] = mapped_column(comment="null = published by the operator")
    approved_by: Mapped[UUID | None] = mapped_column(comment="person id; never one who wrote the draft")
    reason: Mapped[str | None] = mapped_column(comment="the approver's")


CHANNEL = "rule_editions"
"""A trigger notifies it in the transaction that makes an edition."""
NEWEST = "select coalesce(max(number), 0) from rule_editions"
ONE_AT_A_TIME = text("lock table rule_editions in share row exclusive mode")
"""Whoever makes an edition; readers are not kept waiting."""


def program_content() -> str:
    """The rules that came with the program, edition 0."""
    return FILE.read_text(encoding="utf-8")


def digest(content: str) -> str:
    """Of the text, so that a changed sentence counts too."""
    return hashlib.sha256(content.encode()).hexdigest()


async def newest(session: AsyncSession) -> RuleEdition | None:
    return await session.scalar(select(RuleEdition).order_by(RuleEdition.number.desc()).limit(1))


async def in_force(session: AsyncSession) -> tuple[int, RuleBook]:
    """The newest edition, 0 = the rules of the program. Raises PolicyBroken."""
    edition = await newest(session)
    if edition is None:
        return 0, parse(program_content())
    book = parse(edition.content)
    if book.version != edition.version:
        raise PolicyBroken(f"edition {edition.number} of the rules is not what was made")
    return edition.number, book


async def content_in_force(session: AsyncSession) -> tuple[int, str]:
    """Number and text of the newest edition."""
    edition = await newest(session)
    return (edition.number, edition.content) if edition else (0, program_content())


async def editions(session: AsyncSession) -> Sequence[RuleEdition]:
    """The newest first, without the program's own."""
    return (await session.scalars(select(RuleEdition).order_by(RuleEdition.number.desc()))).all()


async def content_of(session: AsyncSession, number: int) -> str:
    """The text of an edition, 0 = the program's. Raises NotFound."""
    if number == 0:
        return program_content()
    edition = await session.get(RuleEdition, number)
    if edition is None:
        raise NotFound
    return edition.content


async def publish(session: AsyncSession, content: str, actor: str) -> RuleEdition | None:
    """The operator's way, on the machine: the rules become the newest edition; None when they are in force already.

    Raises PolicyBroken, changing nothing, for rules that can't be read or break an invariant. Their table is compiled
    here, so that every process finds it. The caller, an owner's session, writes the audit.
    """
    book = require_sound(parse(content))
    await session.execute(ONE_AT_A_TIME)
    last = await newest(session)
    if book.version == (last.version if last else parse(program_content()).version):
        return None
    await compiled(session, book)
    edition = RuleEdition(
        number=last.number + 1 if last else 1,
        version=book.version,
        content=content,
        made_by=actor,
        made_at=instant(session),
    )
    session.add(edition)
    await session.flush()
    return edition


async def compiled(session: AsyncSession, book: RuleBook) -> None:
    """Its table is in the database, and Casbin allows every cell that a rule names; raises PolicyBroken."""
    table = await table_of(session, book)
    if missing := book.cells().keys() - table.cells.keys():
        raise PolicyBroken(f"Casbin refuses {len(missing)} cells that a rule names")
