"""防控等级 of a dispute (N1): of several persons, on two stated facts or more, for 30 days; it only ever brings help.

It belongs to the dispute and stands on the case's own page alone: no list, count, right or term depends on it. To go
on it has to be stated anew. A dispute of one person has none.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ARRAY, ForeignKey, Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.timers import end_of_day
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight.warning_words import plain, word_errors
from oversight.warnings import party_names
from policies.actions import Action
from tenants.subject import Subject

DAYS = 30
LEAST_FACTS = 2
SEVERAL = 2


class Level(Choice):
    """How much help is needed, not how dangerous anybody is."""

    SOME = "some", N_("需关注帮助")
    MORE = "more", N_("需重点帮助")
    URGENT = "urgent", N_("需紧急帮助")


class RiskFact(Choice):
    """Of the dispute, each of which can be seen by anybody; none of anybody's conduct."""

    MANY = "many", N_("涉及人数较多")
    LIVELIHOOD = "livelihood", N_("影响基本生活或者生产")
    HAZARD = "hazard", N_("现场有安全隐患")
    SEASON = "season", N_("农时、工期、供水供电等不能等待")
    LONG = "long", N_("长期未解决")
    STALLED = "stalled", N_("双方已停止协商")
    LANGUAGE = "language", N_("语言不通，沟通困难")
    SEVERAL_PLACES = "several_places", N_("涉及两个以上地方")


class RiskClass(Base):
    """Never changed: it ends by itself, and another one may follow."""

    __tablename__ = "dispute_risks"
    __table_args__ = (Index("ix_dispute_risks_case", "case_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    level: Mapped[str]
    facts: Mapped[list[str]] = mapped_column(ARRAY(String))
    words: Mapped[list[str]] = mapped_column(ARRAY(String), comment="what was seen, one for each fact; nobody's name")
    help_needed: Mapped[str]
    ends_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class FactRow(Struct, frozen=True, kw_only=True):
    fact: Annotated[RiskFact, Meta(title=N_("情形"))]
    words: Annotated[
        str, Meta(title=N_("看到的事实"), description=N_("写纠纷的情况，不写个人"), min_length=4, max_length=200)
    ]


class RiskForm(Struct, frozen=True, kw_only=True):
    level: Annotated[Level, Meta(title=N_("等级"))]
    facts: Annotated[
        list[FactRow], Meta(title=N_("依据的事实"), description=N_("至少两项；三十日后自动失效"), max_length=8)
    ]
    help_needed: Annotated[
        str, Meta(title=N_("需要的帮助"), min_length=2, max_length=500, extra={"widget": "textarea"})
    ]


class RiskView(Struct, frozen=True):
    level: str
    facts: tuple[tuple[str, str], ...]
    help_needed: str
    since: datetime
    ends_at: datetime


class OnePerson(Conflict):
    code = "dispute_of_one_person"
    message = N_("一个人的纠纷不划分防控等级")


async def set_risk(session: AsyncSession, subject: Subject, case: Case, form: RiskForm) -> Done:
    """A new one takes the place of the old; its facts are stated anew, in new words."""
    if errors := await _faults(session, case, form):
        raise InvalidInput(*errors)
    now = instant(session)
    row = RiskClass(
        id=new_id(now),
        case_id=case.id,
        level=form.level.value,
        facts=[one.fact.value for one in form.facts],
        words=[one.words for one in form.facts],
        help_needed=form.help_needed,
        ends_at=end_of_day(now, DAYS),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    return Done(data={"level": row.level, "facts": row.facts})


async def _faults(session: AsyncSession, case: Case, form: RiskForm) -> list[FieldError]:
    names = await party_names(session, case)
    errors = word_errors("help_needed", form.help_needed, names)
    if len({one.fact for one in form.facts}) < LEAST_FACTS:
        errors.append(FieldError("facts", "too_few", N_("至少写明两项不同的事实")))
    before = await _words_before(session, case.id)
    for index, one in enumerate(form.facts):
        errors += word_errors(f"facts.{index}.words", one.words, names)
        if plain(one.words) in before:
            errors.append(FieldError(f"facts.{index}.words", "not_anew", N_("须重新写明现在的事实，不能照抄上一次")))
    return errors


async def _words_before(session: AsyncSession, case_id: UUID) -> set[str]:
    query = select(RiskClass.words).where(RiskClass.case_id == case_id)
    return {plain(one) for words in await session.scalars(query) for one in words}


async def risks_of(session: AsyncSession, case_id: UUID) -> Sequence[RiskView]:
    """The one in force, or none: what has expired is shown to nobody any more."""
    query = select(RiskClass).where(RiskClass.case_id == case_id).order_by(RiskClass.recorded_at.desc()).limit(1)
    row = await session.scalar(query)
    if row is None or row.ends_at <= instant(session):
        return ()
    facts = tuple(zip(row.facts, row.words, strict=True))
    return (RiskView(row.level, facts, row.help_needed, row.recorded_at, row.ends_at),)


@by_facts(Fact(f"select person_count >= {SEVERAL} from cases where id = :case"))
def several_persons(subject: Subject, case: Case, several: bool) -> DomainError | None:
    return None if several else OnePerson()


ACTS = (Act("set-risk", N_("划分防控等级"), Action.WARNING_ISSUE, RiskForm, set_risk, writes=False),)
GUARDS = {"several_persons": several_persons}
