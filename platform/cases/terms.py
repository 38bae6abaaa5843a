"""The terms of the law as dated data (domain.md 4 and 13.2): length, unit, source, who extends, what stops the clock.

Drawn as docs/terms.md by `setup/terms.py`. A term ends on the next working day only where a law says so.
"""

from datetime import date

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_


class Unit(Choice):
    """What a term is counted in. AGREED: no length, the day is set by the parties or by a paper."""

    DAY = "day", N_("自然日")
    WORKING_DAY = "working_day", N_("工作日")
    MONTH = "month", N_("个月")
    YEAR = "year", N_("年")
    AT_ONCE = "at_once", N_("立即")
    AGREED = "agreed", N_("约定之日")


class Extender(Choice):
    """Whom the law names for an extension."""

    NOBODY = "nobody", N_("任何人都不得延长")
    PARTIES = "parties", N_("双方当事人")
    UNIT_HEAD = "unit_head", N_("有权处理机关、单位的负责人")
    WORKROOM = "workroom", N_("工作室")
    OVERSEER = "overseer", N_("督办单位")


class Term(Struct, frozen=True, kw_only=True):
    """One term. `ours` terms drive the case's due date; the others are shown, never waited for."""

    kind: str
    title: str
    since: str
    """From what it runs; the day itself is not counted (民法典 201)."""
    length: int
    unit: Unit
    source: str
    in_force: date
    extended_by: Extender = Extender.NOBODY
    extension: int = 0
    """At most so many days in all; 0 = not by days."""
    pauses: str = ""
    """The only ground on which the clock stops; empty = it never does."""
    rolls: bool = False
    """A last day that falls on a day off ends on the next working day."""
    because: str
    """Why it rolls, or why it stays."""
    ours: bool = False
    remedy: bool = False
    """Part of the remedy clock."""
    mediation: str = ""
    """What mediation does to it, in the words of the remedy clock."""
    lead: int = 5
    """"Due soon" so many calendar days before; a tenant may set its own."""

    def beside_mediation(self, over: bool) -> str:
        """What mediation does to it; to a civil limitation that is over, nothing any more."""
        return OVER_BEFORE if over and self.mediation == INTERRUPTED else self.mediation

    @property
    def counted(self) -> Unit:
        """In which days what is left is told."""
        return Unit.WORKING_DAY if self.unit is Unit.WORKING_DAY else Unit.DAY


CIVIL_PROCEDURE = N_("民事诉讼法第85条：最后一日是法定休假日的，以其后第一日为届满日")
CIVIL_CODE = N_("民法典第203条：最后一日是法定休假日的，以休假结束的次日为最后一日")
NOT_SAID = N_("条例没有规定顺延：按较早的一日计算，对信访人没有不利")
RULE_SILENT = N_("规章没有规定顺延：按较早的一日计算")
WORKING = N_("按工作日计算，最后一日总是工作日")
SET_DAY = N_("日期由当事人或者文书确定，不另行顺延")
NOT_STOPPED = N_("调解不使该期限中止、中断或者延长")
INTERRUPTED = N_("您提出请求之日起诉讼时效中断，重新计算三年；此后调解不使其停止计算")
OVER_BEFORE = N_("时效已过的，请求调解不使其重新计算；对方自愿履行的仍可接受，请尽快咨询")
ASSERT_AGAIN = N_("调解本身不使仲裁时效停止；向对方或者有关部门主张权利的，时效自该日起重新计算，请保存证据")
COURTS_WAY = N_("逾期不能再申请司法确认；仍可就协议向人民法院起诉")
EXECUTION_WAY = N_("逾期可能不予执行；中止、中断适用诉讼时效的规定")

PETITION_RULES = date(2022, 5, 1)
AID_LAW = date(2022, 1, 1)
PROCEDURE_LAW = date(2024, 1, 1)
MEDIATION_LAW = date(2011, 1, 1)


def _petition(kind: str, title: str, since: str, length: int, article: str, **facts: object) -> Term:
    """A term of 信访工作条例; an organ's or the petitioner's own, never the workroom's."""
    base = {"unit": Unit.DAY, "in_force": PETITION_RULES, "because": NOT_SAID, **facts}
    return Term(kind=kind, title=title, since=since, length=length, source=article, **base)  # type: ignore[arg-type]  # a table's row


def _aid(kind: str, title: str, since: str, length: int, article: str) -> Term:
    return Term(
        kind=kind,
        title=title,
        since=since,
        length=length,
        unit=Unit.DAY if length else Unit.AT_ONCE,
        source=article,
        in_force=AID_LAW,
        because=RULE_SILENT,
        lead=2,
    )


PETITION = (
    _petition(
        "petition_disposition", N_("信访部门转送、交办或者告知"), N_("收到信访事项"), 15, N_("信访工作条例第22条")
    ),
    _petition("written_notice", N_("承办机关书面告知"), N_("收到信访事项"), 15, N_("信访工作条例第23条")),
    _petition(
        "transfer_objection",
        N_("承办机关对转送、交办提出异议"),
        N_("收到转送、交办"),
        5,
        N_("信访工作条例第23条"),
        unit=Unit.WORKING_DAY,
        because=WORKING,
        lead=2,
    ),
    _petition(
        "handling",
        N_("有权处理机关办结信访事项"),
        N_("受理（信访）"),
        60,
        N_("信访工作条例第34条"),
        extended_by=Extender.UNIT_HEAD,
        extension=30,
        lead=10,
    ),
    _petition(
        "review_request",
        N_("请求复查"),
        N_("收到书面答复"),
        30,
        N_("信访工作条例第35条"),
        remedy=True,
        mediation=NOT_STOPPED,
        lead=10,
    ),
    _petition("review_decision", N_("复查机关作出复查意见"), N_("收到复查请求"), 30, N_("信访工作条例第35条")),
    _petition(
        "reexamination_request",
        N_("请求复核"),
        N_("收到复查意见"),
        30,
        N_("信访工作条例第36条"),
        remedy=True,
        mediation=NOT_STOPPED,
        lead=10,
    ),
    _petition(
        "reexamination_decision",
        N_("复核机关作出复核意见"),
        N_("收到复核请求"),
        30,
        N_("信访工作条例第36条"),
        pauses=N_("听证所需时间不计算在内（信访工作条例第36条）"),
    ),
)

MEDIATION = (
    Term(
        kind="mediation",
        title=N_("调解期限"),
        since=N_("受理（调解）"),
        length=30,
        unit=Unit.DAY,
        source=N_("人民调解工作若干规定第33条"),
        in_force=date(2002, 11, 1),
        extended_by=Extender.PARTIES,
        pauses=N_("鉴定期间不计入调解期限"),
        because=RULE_SILENT,
        ours=True,
        lead=7,
    ),
    Term(
        kind="recusal",
        title=N_("答复回避申请"),
        since=N_("提出回避申请"),
        length=3,
        unit=Unit.DAY,
        source=N_("民事诉讼法第50条（参照）"),
        in_force=PROCEDURE_LAW,
        because=RULE_SILENT,
        ours=True,
        lead=1,
    ),
    Term(
        kind="confirmation",
        title=N_("共同申请司法确认"),
        since=N_("调解协议生效"),
        length=30,
        unit=Unit.DAY,
        source=N_("人民调解法第33条"),
        in_force=MEDIATION_LAW,
        rolls=True,
        because=CIVIL_PROCEDURE,
        remedy=True,
        mediation=COURTS_WAY,
        lead=10,
    ),
    Term(
        kind="performance",
        title=N_("协议履行"),
        since=N_("协议约定"),
        length=0,
        unit=Unit.AGREED,
        source=N_("人民调解法第31条"),
        in_force=MEDIATION_LAW,
        extended_by=Extender.PARTIES,
        because=SET_DAY,
        ours=True,
    ),
    Term(
        kind="execution",
        title=N_("申请强制执行"),
        since=N_("履行期间的最后一日"),
        length=2,
        unit=Unit.YEAR,
        source=N_("民事诉讼法第250条"),
        in_force=PROCEDURE_LAW,
        rolls=True,
        because=CIVIL_PROCEDURE,
        remedy=True,
        mediation=EXECUTION_WAY,
        lead=90,
    ),
)

AID = (
    _aid("legal_aid_decision", N_("法律援助机构作出决定"), N_("收到申请"), 7, N_("法律援助法第43条")),
    _aid("legal_aid_assignment", N_("指派法律援助人员"), N_("作出给予援助的决定"), 3, N_("法律援助法第43条")),
    _aid("legal_aid_objection", N_("司法行政部门审查对不予援助的异议"), N_("收到异议"), 5, N_("法律援助法第49条")),
    _aid(
        "legal_aid_first",
        N_("先行提供法律援助"),
        N_("距法定时效或者期限届满不足七日"),
        0,
        N_("法律援助法第44条"),
    ),
    Term(
        kind="relief_answer",
        title=N_("跟踪救助答复"),
        since=N_("引导申请救助"),
        length=0,
        unit=Unit.AGREED,
        source=N_("社会救助暂行办法"),
        in_force=date(2014, 5, 1),
        because=SET_DAY,
        ours=True,
    ),
)

REMEDIES = (
    Term(
        kind="reconsideration",
        title=N_("申请行政复议"),
        since=N_("知道或者应当知道行政行为"),
        length=60,
        unit=Unit.DAY,
        source=N_("行政复议法第20条"),
        in_force=PROCEDURE_LAW,
        rolls=True,
        because=N_("行政复议法第88条，参照民事诉讼法第85条"),
        remedy=True,
        mediation=NOT_STOPPED,
        lead=15,
    ),
    Term(
        kind="administrative_suit",
        title=N_("提起行政诉讼"),
        since=N_("知道或者应当知道行政行为"),
        length=6,
        unit=Unit.MONTH,
        source=N_("行政诉讼法第46条"),
        in_force=date(2017, 7, 1),
        rolls=True,
        because=N_("行政诉讼法第101条，适用民事诉讼法第85条"),
        remedy=True,
        mediation=NOT_STOPPED,
        lead=30,
    ),
    Term(
        kind="labour_arbitration",
        title=N_("申请劳动仲裁"),
        since=N_("知道或者应当知道权利被侵害"),
        length=1,
        unit=Unit.YEAR,
        source=N_("劳动争议调解仲裁法第27条"),
        in_force=date(2008, 5, 1),
        rolls=True,
        because=CIVIL_CODE,
        remedy=True,
        mediation=ASSERT_AGAIN,
        lead=60,
    ),
    Term(
        kind="civil_limitation",
        title=N_("民事诉讼时效"),
        since=N_("知道或者应当知道权利被侵害以及义务人；请求调解的，自请求之日"),
        length=3,
        unit=Unit.YEAR,
        source=N_("民法典第188、195条"),
        in_force=date(2021, 1, 1),
        rolls=True,
        because=CIVIL_CODE,
        remedy=True,
        mediation=INTERRUPTED,
        lead=90,
    ),
)

KEEPING = (
    Term(
        kind="archives_transfer",
        title=N_("向县级档案馆移交（省、州市二十年）"),
        since=N_("档案形成"),
        length=10,
        unit=Unit.YEAR,
        source=N_("档案法实施条例第20条"),
        in_force=date(2024, 3, 1),
        because=RULE_SILENT,
        lead=180,
    ),
    Term(
        kind="breach_notice",
        title=N_("个人信息泄露的补救和通知"),
        since=N_("发现"),
        length=0,
        unit=Unit.AT_ONCE,
        source=N_("个人信息保护法第57条"),
        in_force=date(2021, 11, 1),
        because=SET_DAY,
        lead=0,
    ),
    Term(
        kind="registration_approval",
        title=N_("报备审批"),
        since=N_("登记或者补正"),
        length=2,
        unit=Unit.WORKING_DAY,
        source=N_("工作方案五(一)：来源没有规定，由各级自定"),
        in_force=PETITION_RULES,
        because=WORKING,
        lead=1,
    ),
    Term(
        kind="unit_signature",
        title=N_("被访单位签署委托书"),
        since=N_("拟定委托书"),
        length=5,
        unit=Unit.WORKING_DAY,
        source=N_("义务23a：来源没有规定，由各级自定"),
        in_force=PETITION_RULES,
        because=WORKING,
        lead=2,
    ),
    Term(
        kind="strike_off",
        title=N_("限时销号"),
        since=N_("发出督办单"),
        length=30,
        unit=Unit.DAY,
        source=N_("工作方案六(一)：来源没有规定，由各级自定"),
        in_force=PETITION_RULES,
        extended_by=Extender.OVERSEER,
        because=SET_DAY,
    ),
)

TERMS = {term.kind: term for term in (*PETITION, *MEDIATION, *AID, *REMEDIES, *KEEPING)}
FREE_LENGTH = frozenset({"registration_approval", "unit_signature", "strike_off"})
"""Terms whose length neither law nor plan names: a tenant sets it."""
LIMITATIONS = frozenset(term.kind for term in REMEDIES)
"""Terms near whose end legal aid goes ahead of its check (法律援助法 44)."""
