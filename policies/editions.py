"""Editions of the rules: each is kept as it was made, the newest is in force in every process (rules as data).

Without any, the rules that came with the program are in force.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base
from foundation.store import instant
from policies.rules import PolicyBroken, RuleBook, load, parse
from policies.stored import table_of


class RuleEdition(Base):
    __tablename__ = "rule_editions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(comment="hash of the rules")
    content: Mapped[str] = mapped_column(comment="as rules.csv")
    made_by: Mapped[str] = mapped_column(comment="person id, or the name of a system subject")
    made_at: Mapped[datetime]


CHANNEL = "rule_editions"
"""A trigger notifies it in the transaction that makes an edition."""
NEWEST = "select coalesce(max(number), 0) from rule_editions"


async def in_force(session: AsyncSession) -> tuple[int, RuleBook]:
    """The newest edition, 0 = the rules of the program. Raises PolicyBroken."""
    edition = await session.scalar(select(RuleEdition).order_by(RuleEdition.number.desc()).limit(1))
    if edition is None:
        return 0, load()
    book = parse(edition.content)
    if book.version != edition.version:
        raise PolicyBroken(f"edition {edition.number} of the rules is not what was made")
    return edition.number, book


async def publish(session: AsyncSession, content: str, actor: str) -> RuleEdition | None:
    """Make the rules the newest edition; None when they are in force already. Raises PolicyBroken, changing nothing.

    Their table is compiled here, so that every process finds it. The caller writes the audit.
    """
    book = parse(content)
    newest = await session.scalar(select(RuleEdition).order_by(RuleEdition.number.desc()).limit(1))
    if book.version == (newest.version if newest else load().version):
        return None
    table = await table_of(session, book)
    if missing := {cell for rule in book.rules.values() for cell in rule.cells()} - table.cells.keys():
        raise PolicyBroken(f"Casbin refuses {len(missing)} cells that a rule names")
    edition = RuleEdition(
        number=newest.number + 1 if newest else 1,
        version=book.version,
        content=content,
        made_by=actor,
        made_at=instant(session),
    )
    session.add(edition)
    await session.flush()
    return edition
