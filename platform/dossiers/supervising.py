"""Supervision of performance (人民调解法 31(2)); a dispute about the agreement opens the way to court (32)."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.notices import Channel, remedy_notice
from cases.papers import Group, PaperKind
from dossiers.parties import party_at, taking_part
from dossiers.performance import check_supervisor, due_day, is_performed, performances_of, schedule_of
from foundation.choice import Choice
from foundation.errors import Conflict, invalid
from foundation.language import N_
from policies.actions import Action
from tenants.subject import Subject

DISPUTED = N_("当事人之间就调解协议的履行或者内容发生争议，可以向人民法院提起诉讼（人民调解法第32条）")
COURT = Channel(N_("就调解协议向人民法院起诉"), N_("有管辖权的人民法院"))


class Disputed(Choice):
    PERFORMANCE = "performance", N_("协议的履行")
    CONTENT = "content", N_("协议的内容")


class UrgeForm(Struct, frozen=True, kw_only=True):
    terms: Annotated[
        list[UUID],
        Meta(title=N_("督促履行的条款"), min_length=1, max_length=400, extra={"options": "agreement_terms"}),
    ]


class DisputeForm(Struct, frozen=True, kw_only=True):
    party: Annotated[UUID, Meta(title=N_("提出争议的当事人"), extra={"options": "parties"})]
    about: Annotated[Disputed, Meta(title=N_("争议的是"))]
    points: Annotated[str, Meta(title=N_("争议要点"), min_length=2, max_length=2000, extra={"widget": "textarea"})]


class Urged(Struct, frozen=True, kw_only=True):
    """What the obligor reads."""

    ordinals: Annotated[list[int], Meta(title=N_("督促履行的条款"))]
    due_on: Annotated[list[str], Meta(title=N_("履行期限"))]
    why: Annotated[str, Meta(title=N_("依据"))] = N_(
        "人民调解委员会对调解协议的履行情况进行监督，督促当事人履行约定的义务（人民调解法第31条）"
    )


URGED = PaperKind("performance_urged", N_("督促履行通知书"), Group.FINAL, dossier_item=9, form=Urged)
AGREEMENT_DISPUTE = PaperKind(
    "agreement_dispute", N_("协议争议记录"), Group.STATEMENT, dossier_item=10, form=DisputeForm
)


class NothingToUrge(Conflict):
    code = "nothing_to_urge"
    message = N_("所选条款都已履行")


async def urge_performance(session: AsyncSession, subject: Subject, case: Case, form: UrgeForm) -> Done:
    """One letter to each obligor; no penalty and no fee: what is owed is owed to the other party (N5)."""
    await check_supervisor(session, subject, case)
    rows, schedule = await performances_of(session, case), await schedule_of(session, case)
    if strange := set(form.terms) - {term.id for term in schedule}:
        raise invalid(f"terms.{form.terms.index(min(strange))}", "not_a_choice", N_("请从所列项目中选择"))
    waiting = [term for term in schedule if term.id in form.terms and not is_performed(term, rows)]
    if not waiting:
        raise NothingToUrge
    obligors = {term.obligor_id for term in waiting}
    for obligor in sorted(obligors):
        own = [term for term in waiting if term.obligor_id == obligor]
        words = Urged(ordinals=[term.ordinal for term in own], due_on=[str(due_day(term, rows)) for term in own])
        await issue(session, subject, case, URGED, words, party_id=obligor)
    return Done(data={"terms": len(waiting), "letters": len(obligors)}, audience="parties")


async def note_agreement_dispute(session: AsyncSession, subject: Subject, case: Case, form: DisputeForm) -> Done:
    """The committee does not decide it: both sides learn the way to court, on the same day."""
    await check_supervisor(session, subject, case)
    await party_at(session, case, "party", form.party)
    await issue(session, subject, case, AGREEMENT_DISPUTE, form)
    for party in await taking_part(session, case.id):
        await remedy_notice(session, subject, case, party.id, DISPUTED, (COURT,), N_("人民调解法第32条"))
    return Done(data={"about": form.about.value}, audience="parties")


ACTS = (
    Act("urge-performance", N_("督促履行"), Action.PERFORMANCE_RECORD, UrgeForm, urge_performance, step=7),
    Act(
        "note-agreement-dispute",
        N_("登记协议争议并告知诉讼途径"),
        Action.PERFORMANCE_RECORD,
        DisputeForm,
        note_agreement_dispute,
        step=7,
    ),
)
PAPERS = (URGED, AGREEMENT_DISPUTE)
