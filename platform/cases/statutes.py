"""The library of statutes (obligation 2): every version with the days on which it was in force; operators keep it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Identity, Integer, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Option
from cases.models import Case
from foundation.language import N_, translate
from foundation.model import Base
from tenants.subject import Subject


class Statute(Base):
    """One version. Of the law of the matter that of the day of the facts counts, of procedure today's."""

    __tablename__ = "statutes"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(comment="the same for all versions of one statute")
    name: Mapped[str]
    aliases: Mapped[str] = mapped_column(default="", comment="other names, parted by spaces")
    procedural: Mapped[bool] = mapped_column(comment="binds the procedure: the version of today counts")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(comment="the first day on which it is no longer in force")
    successor: Mapped[str | None] = mapped_column(comment="what took its place, when that bears another title")
    last_article: Mapped[int | None] = mapped_column(Integer, comment="null = not known")
    checked: Mapped[bool] = mapped_column(comment="dates and articles were read in the text itself")

    @property
    def names(self) -> tuple[str, ...]:
        return self.name, *self.aliases.split()

    @property
    def label(self) -> str:
        """As papers cite it, with the day from which this version is in force."""
        return f"《{self.name}》（{self.valid_from}）"

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


async def library(session: AsyncSession) -> Sequence[Statute]:
    """All versions, those of one statute together, oldest first."""
    return (await session.scalars(select(Statute).order_by(Statute.name, Statute.valid_from))).all()


async def statute_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(one.id), _offered(one)) for one in await library(session)]


def _offered(one: Statute) -> str:
    until = translate(N_("%(day)s 起失效"), day=one.valid_to) if one.valid_to else translate(N_("现行有效"))
    return f"{one.name} · {one.valid_from} · {until}"


OPTIONS = {"statutes": statute_options}
