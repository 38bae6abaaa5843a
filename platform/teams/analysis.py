"""政策法律符合性分析 (五(四)): facts and claims against statutes, each cited in the version that counts."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.citations import Mention, checked, read
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from cases.statutes import Statute, library
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Fit(Choice):
    FITS = "fits", N_("诉求合法合理")
    PARTLY = "partly", N_("诉求部分合法合理")
    NO_FIT = "no_fit", N_("诉求缺乏依据")


class StatuteRow(Struct, frozen=True, kw_only=True):
    """From the library, or, where it does not hold the paper (a county's own rules), by title."""

    statute_id: Annotated[int, Meta(title=N_("法规库中的法律、法规"), ge=1, extra={"options": "statutes"})] | None = (
        None
    )
    title: (
        Annotated[
            str,
            Meta(
                title=N_("法律、法规或者政策"),
                description=N_("法规库中没有的才填"),
                min_length=2,
                max_length=120,
            ),
        ]
        | None
    ) = None
    article: Annotated[str, Meta(title=N_("条款"), description=N_("如 第1165条"), min_length=1, max_length=60)]
    meaning: Annotated[str, Meta(title=N_("适用说明"), max_length=1000)] | None = None


class AnalysisForm(Struct, frozen=True, kw_only=True):
    facts: Annotated[str, Meta(title=N_("查明的事实"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    facts_on: (
        Annotated[
            date,
            Meta(title=N_("事实发生（持续至）的日期"), description=N_("据此确定适用的法律版本；不填为登记之日")),
        ]
        | None
    ) = None
    statutes: Annotated[list[StatuteRow], Meta(title=N_("依据"), min_length=1, max_length=30)]
    fit: Annotated[Fit, Meta(title=N_("符合性结论"))]
    reasons: Annotated[str, Meta(title=N_("理由"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    remedies: (
        Annotated[str, Meta(title=N_("调解不成时的法定途径"), max_length=2000, extra={"widget": "textarea"})] | None
    ) = None


ANALYSIS = PaperKind("analysis", N_("政策法律符合性分析"), Group.OPINION, form=AnalysisForm)


async def write_analysis(session: AsyncSession, subject: Subject, case: Case, form: AnalysisForm) -> Done:
    """Raises InvalidInput at the row that cites what was not in force."""
    if form.facts_on is not None and form.facts_on > local_date(instant(session)):
        raise invalid("facts_on", "in_future", N_("日期不得晚于今天"))
    day = form.facts_on or local_date(case.filed_at)
    versions = await library(session)
    rows: list[dict[str, Any]] = []
    errors: list[FieldError] = []
    for index, row in enumerate(form.statutes):
        try:
            rows.append(await _cited(session, row, versions, day, f"statutes.{index}"))
        except InvalidInput as refused:
            errors += refused.fields
    if errors:
        raise InvalidInput(*errors)
    content = msgspec.to_builtins(form) | {"facts_on": day.isoformat(), "statutes": rows}
    await issue(session, subject, case, ANALYSIS, content)
    return Done(data={"fit": form.fit.value})


async def _cited(
    session: AsyncSession, row: StatuteRow, versions: Sequence[Statute], day: date, path: str
) -> dict[str, Any]:
    """The row as the paper keeps it, with the day from which the version cited is in force."""
    named = next((one.name for one in versions if one.id == row.statute_id), None)
    if row.statute_id is not None and named is None:
        raise invalid(f"{path}.statute_id", "not_a_choice", N_("请从所列项目中选择"))
    title = named or row.title
    if title is None:
        raise invalid(f"{path}.title", "required", N_("请选法规库中的法律、法规，或者填写名称"))
    field = f"{path}.statute_id" if named else f"{path}.title"
    found = await checked(session, _mentions(row, title, versions), day, field)
    plain = {"title": title, "article": row.article, "meaning": row.meaning}
    return plain | ({"in_force_from": found[0].in_force_from.isoformat()} if found else {})


def _mentions(row: StatuteRow, title: str, versions: Sequence[Statute]) -> list[Mention]:
    """The very version chosen, or what the title names."""
    chosen = [one for one in versions if one.id == row.statute_id]
    mentions = read(f"{title}{row.article}", versions)
    return [Mention(tuple(chosen), one.article) for one in mentions] if chosen else mentions


async def facts_on(session: AsyncSession, case: Case) -> date:
    """The day whose law counts: of the newest analysis, else of the registration."""
    query = select(Paper.content).where(Paper.case_id == case.id, Paper.kind == ANALYSIS.code)
    content = await session.scalar(query.order_by(Paper.issued_at.desc(), Paper.id.desc()).limit(1))
    told = (content or {}).get("facts_on")
    return date.fromisoformat(told) if told else local_date(case.filed_at)


ACTS = (Act("write-analysis", N_("政策法律分析"), Action.ANALYSIS_WRITE, AnalysisForm, write_analysis, step=4),)
PAPERS = (ANALYSIS,)
