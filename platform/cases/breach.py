"""个人信息泄露 (个人信息保护法 57): put right and told at once. The clock runs from the finding to the telling.

Reported by the privacy officer, who reads nothing of the case; no field takes a name.
"""

from datetime import date, datetime, time
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.consent import ConsentKind, consented, parties_of
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.parties import Party
from foundation.choice import Choice
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

TERM = "breach_notice"
UNTOLD = Fact("exists (select from timers where case_id = :case and kind = 'breach_notice' and done_at is null)")


class Leaked(Choice):
    """Kinds of data (57(2)1)."""

    IDENTITY = "identity", N_("身份信息")
    CONTACT = "contact", N_("电话、住址")
    SENSITIVE = "sensitive", N_("健康等敏感个人信息")
    STATEMENT = "statement", N_("陈述和诉求")
    PAPERS = "papers", N_("文书和证据")


class BreachOpen(Conflict):
    code = "breach_open"
    message = N_("上一次泄露尚未登记告知")


class NoBreach(Conflict):
    code = "no_breach"
    message = N_("没有等待告知的泄露")


class BreachForm(Struct, frozen=True, kw_only=True):
    found_on: Annotated[date, Meta(title=N_("何日发现"), description=N_("发现或者可能发生之日，补救和通知即刻开始"))]
    leaked: Annotated[list[Leaked], Meta(title=N_("泄露的信息种类"), min_length=1, max_length=5)]
    cause: Annotated[str, Meta(title=N_("原因"), description=N_("不写姓名"), min_length=2, max_length=1000)]
    harm: Annotated[str, Meta(title=N_("可能造成的危害"), min_length=2, max_length=1000)]
    measures: Annotated[str, Meta(title=N_("已采取的补救措施"), min_length=2, max_length=2000)]


class ToldForm(Struct, frozen=True, kw_only=True):
    organ: Annotated[str, Meta(title=N_("已通知的主管部门"), min_length=2, max_length=120)]
    told_on: Annotated[date, Meta(title=N_("通知日期"))]
    leaked: Annotated[list[Leaked], Meta(title=N_("泄露的信息种类"), min_length=1, max_length=5)]
    cause: Annotated[str, Meta(title=N_("原因"), description=N_("不写姓名"), min_length=2, max_length=1000)]
    harm: Annotated[str, Meta(title=N_("可能造成的危害"), min_length=2, max_length=1000)]
    own_measures: Annotated[str, Meta(title=N_("当事人可以采取的减轻危害的措施"), min_length=2, max_length=1000)]
    contact: Annotated[
        str, Meta(title=N_("联系方式"), description=N_("本单位的公开电话"), min_length=2, max_length=120)
    ]
    harmless: (
        Annotated[
            str,
            Meta(
                title=N_("不通知个人的理由"),
                description=N_(
                    "已采取的措施能够有效避免危害的才填；填写后不向当事人发通知（个人信息保护法第57条第2款）"
                ),
                max_length=500,
            ),
        ]
        | None
    ) = None


RECORD = PaperKind("breach_record", N_("个人信息泄露登记表"), Group.NOTES, form=BreachForm)
NOTICE = PaperKind("breach_notice", N_("个人信息泄露告知书"), Group.STATEMENT, form=ToldForm)


async def report_breach(session: AsyncSession, subject: Subject, case: Case, form: BreachForm) -> Done:
    if form.found_on > local_date(instant(session)):
        raise invalid("found_on", "in_future", N_("日期不得晚于今天"))
    await issue(session, subject, case, RECORD, form)
    await timers.start(session, case, TERM, since=datetime.combine(form.found_on, time(), SHANGHAI))
    return Done(data={"found_on": str(form.found_on), "leaked": [one.value for one in form.leaked]})


async def tell_breach(session: AsyncSession, subject: Subject, case: Case, form: ToldForm) -> Done:
    """The competent authority always; each party too, unless the measures kept the harm off. Of the other side those
    who know of the case: nobody learns by such a notice that there is one (N3).
    """
    today = local_date(instant(session))
    if form.told_on > today:
        raise invalid("told_on", "in_future", N_("日期不得晚于今天"))
    told = [] if form.harmless else await _knowing(session, case)
    for party in told:
        await issue(session, subject, case, NOTICE, form, party_id=party.id)
    await timers.finish(session, case, TERM)
    return Done(data={"organ": form.organ, "on": str(form.told_on), "parties": len(told)})


async def _knowing(session: AsyncSession, case: Case) -> list[Party]:
    asked = await consented(session, case.id, ConsentKind.MEDIATION)
    return [one for one in await parties_of(session, case.id) if one.side == "petitioner" or one.id in asked]


@by_facts(UNTOLD)
def breach_told(subject: Subject, case: Case, untold: bool) -> DomainError | None:
    return BreachOpen() if untold else None


@by_facts(UNTOLD)
def breach_untold(subject: Subject, case: Case, untold: bool) -> DomainError | None:
    return None if untold else NoBreach()


ACTS = (
    Act("report-breach", N_("登记个人信息泄露"), Action.BREACH_REPORT, BreachForm, report_breach, writes=False),
    Act("tell-breach", N_("登记泄露的通知"), Action.BREACH_REPORT, ToldForm, tell_breach, writes=False),
)
GUARDS = {"breach_told": breach_told, "breach_untold": breach_untold}
PAPERS = (RECORD, NOTICE)
