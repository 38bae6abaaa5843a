"""Finding out and weighing (五(四)): investigation records, and the handler's analysis against policy and law."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.choice import Choice
from foundation.errors import invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Mode(Choice):
    VISIT = "visit", N_("走访")
    INQUIRY = "inquiry", N_("询问")
    INSPECTION = "inspection", N_("现场勘查")


class Fit(Choice):
    FITS = "fits", N_("诉求合法合理")
    PARTLY = "partly", N_("诉求部分合法合理")
    NO_FIT = "no_fit", N_("诉求缺乏依据")


class InvestigationForm(Struct, frozen=True, kw_only=True):
    mode: Annotated[Mode, Meta(title=N_("方式"))]
    held_at: Annotated[datetime, Meta(title=N_("调查时间"), tz=True)]
    place: Annotated[str, Meta(title=N_("调查地点"), min_length=2, max_length=120)]
    asked: Annotated[str, Meta(title=N_("被调查人"), max_length=120)] | None = None
    present: Annotated[str, Meta(title=N_("参加人"), max_length=300)] | None = None
    findings: Annotated[str, Meta(title=N_("调查内容"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    read_back: Annotated[bool, Meta(title=N_("已交被调查人核对或者宣读"))] = False


class StatuteRow(Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(title=N_("法律、法规或者政策"), min_length=2, max_length=120)]
    article: Annotated[str, Meta(title=N_("条款"), min_length=1, max_length=60)]
    meaning: Annotated[str, Meta(title=N_("适用说明"), max_length=1000)] | None = None


class AnalysisForm(Struct, frozen=True, kw_only=True):
    facts: Annotated[str, Meta(title=N_("查明的事实"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    statutes: Annotated[list[StatuteRow], Meta(title=N_("依据"), min_length=1, max_length=30)]
    fit: Annotated[Fit, Meta(title=N_("符合性结论"))]
    reasons: Annotated[str, Meta(title=N_("理由"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    remedies: (
        Annotated[str, Meta(title=N_("调解不成时的法定途径"), max_length=2000, extra={"widget": "textarea"})] | None
    ) = None


INVESTIGATION = PaperKind(
    "investigation", N_("人民调解调查记录"), Group.STATEMENT, dossier_item=5, form=InvestigationForm
)
ANALYSIS = PaperKind("analysis", N_("政策法律符合性分析"), Group.OPINION, form=AnalysisForm)


async def record_investigation(session: AsyncSession, subject: Subject, case: Case, form: InvestigationForm) -> Done:
    if form.held_at > instant(session):
        raise invalid("held_at", "in_future", N_("不能晚于现在"))
    if form.asked and not form.read_back:
        raise invalid("read_back", "required", N_("询问记录须交被调查人核对或者宣读"))
    await issue(session, subject, case, INVESTIGATION, form)
    return Done(data={"mode": form.mode.value})


async def write_analysis(session: AsyncSession, subject: Subject, case: Case, form: AnalysisForm) -> Done:
    await issue(session, subject, case, ANALYSIS, form)
    return Done(data={"fit": form.fit.value})


ACTS = (
    Act(
        "record-investigation",
        N_("记录调查"),
        Action.SESSION_RECORD,
        InvestigationForm,
        record_investigation,
        step=4,
    ),
    Act("write-analysis", N_("政策法律分析"), Action.ANALYSIS_WRITE, AnalysisForm, write_analysis, step=4),
)
PAPERS = (INVESTIGATION, ANALYSIS)
