"""A report as tables and notes, the same for the page, the workbook and the printed form; each figure knows what is
behind it."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from cases.classes import CaseClass
from foundation.language import N_, translate
from foundation.money import yuan
from funding.answers import Payer
from funding.budget_reading import Figures
from funding.report_columns import Figure
from funding.reports import Report, Row
from tenants.tiers import TIER_NAMES, Tier


class Cell(Struct, frozen=True):
    """A text, an amount in fen, or a count; `asks`: by which words the entries behind it are asked for."""

    text: str = ""
    fen: int | None = None
    count: int | None = None
    asks: dict[str, str] = {}

    @property
    def shown(self) -> str:
        if self.fen is not None:
            return yuan(self.fen)
        return self.text if self.count is None else str(self.count)


class Sheet(Struct, frozen=True):
    """`code` names it in a page; titles are in the reader's language."""

    code: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


OF_TREE = tuple(Figure)
OF_TIME = tuple(figure for figure in Figure if figure is not Figure.OUTSTANDING)
OF_PAYER = (Figure.CHARGED, Figure.RECEIVED)
SETTLED, PER_CASE = N_("结案并付清的案件"), N_("每案平均成本")
BUDGET_HEADS = (
    N_("同级财政预算"),
    N_("部门预算"),
    N_("上年结转"),
    N_("预算合计"),
    N_("已占用"),
    N_("已支出"),
    N_("执行率"),
    N_("可用"),
)


NOTES = (
    N_(
        "金额单位为元；冲正已扣除。期末应收是到期末为止的余额。每案平均成本是案件成本（不含值班）"
        "除以结案并付清的案件数。按辖区代码排列，不排名次。"
    ),
    N_(
        "账单在第一笔份额支付时按全额开出，所以后面的份额未付清之前，“同级财政承担”可能暂为负数；"
        "每案平均成本的分子也含这段时间只付了一部分的案件，分母只计付清的案件。"
    ),
)
"""What has to be known to read the figures, wherever they are read."""


def notes() -> tuple[str, ...]:
    """In the reader's language."""
    return tuple(map(translate, NOTES))


def sheets(report: Report) -> list[Sheet]:
    """In the reader's language."""
    return [
        _sheet("tenants", N_("按辖区"), N_("辖区"), OF_TREE, _tenants(report)),
        _sheet("tiers", N_("按层级"), N_("层级"), OF_TREE, _tiers(report)),
        _sheet("months", N_("按月"), N_("月份"), OF_TIME, _months(report)),
        _sheet("classes", N_("按案件类别"), N_("类别"), OF_TIME, _classes(report)),
        Sheet(
            "payers",
            translate(N_("按付款人")),
            tuple(map(translate, (N_("付款人"), N_("承担"), N_("已到账")))),
            tuple(_payers(report)),
        ),
        Sheet(
            "budget",
            translate(N_("预算与实际（全年）")),
            tuple(map(translate, (N_("用途"), *BUDGET_HEADS))),
            tuple(_budget(report)),
        ),
    ]


def _sheet(
    code: str, title: str, head: str, columns: tuple[Figure, ...], rows: Iterable[tuple[Row, str, dict[str, str]]]
) -> Sheet:
    """`rows`: each with its name in the reader's language and what its entries are asked by."""
    heads = (head, *(figure.label for figure in columns), SETTLED, PER_CASE)
    made = tuple(tuple(_cells(row, name, asks, columns)) for row, name, asks in rows)
    return Sheet(code, translate(title), tuple(map(translate, heads)), made)


def _cells(row: Row, name: str, asks: dict[str, str], columns: tuple[Figure, ...]) -> Iterator[Cell]:
    yield Cell(text=name)
    for figure in columns:
        yield Cell(fen=row.money[figure], asks=asks | {"figure": figure.value})
    yield Cell(count=row.settled, asks=asks | {"figure": Figure.SUBSIDY.value})
    if row.per_case is None:
        yield Cell(text="—")
    else:
        yield Cell(fen=row.per_case, asks=asks | {"figure": Figure.COST.value})


def _tenants(report: Report) -> Iterator[tuple[Row, str, dict[str, str]]]:
    here = _here(report)
    for row in report.tenants:
        own = row.key == str(report.tenant_id)
        name = f"{row.name} · {translate(N_('本级'))}" if own else row.name
        yield row, name, here | ({"own": "true"} if own else {"tenant_id": row.key})
    yield report.total, translate(N_("合计")), here


def _tiers(report: Report) -> Iterator[tuple[Row, str, dict[str, str]]]:
    for row in report.tiers:
        yield row, translate(TIER_NAMES[Tier(row.key)]), _here(report) | {"tier": row.key}


def _months(report: Report) -> Iterator[tuple[Row, str, dict[str, str]]]:
    for row in report.months:
        yield row, row.key[:7], _here(report) | {"period": row.key[:7]}


def _classes(report: Report) -> Iterator[tuple[Row, str, dict[str, str]]]:
    for row in report.classes:
        name = CaseClass(row.key).label if row.key else N_("不属于案件（值班等）")
        yield row, translate(name), _here(report) | {"case_class": row.key or NONE}


NONE = "none"
"""In an address: entries that have no class or no payer."""


def _payers(report: Report) -> Iterator[tuple[Cell, ...]]:
    """What units were charged, and what the treasury bears itself."""
    here = _here(report)
    for row in report.payers:
        if row.money[Figure.CHARGED] or row.money[Figure.RECEIVED]:
            asks = here | {"payer": row.key}
            amounts = (Cell(fen=row.money[one], asks=asks | {"figure": one.value}) for one in OF_PAYER)
            yield Cell(text=translate(Payer(row.key).label)), *amounts
    borne = report.total.money[Figure.BORNE]
    yield Cell(text=translate(Payer.FINANCE.label)), Cell(fen=borne, asks=here | {"figure": "borne"}), Cell(text="—")


def _budget(report: Report) -> Iterator[tuple[Cell, ...]]:
    for row in report.budget:
        yield Cell(text=translate(row.purpose.label)), *_figures(row.figures)


def _figures(sums: Figures) -> Iterator[Cell]:
    amounts = (sums.fiscal_fen, sums.departmental_fen, sums.carried_fen, sums.total_fen, sums.reserved_fen)
    for fen in (*amounts, sums.spent_fen):
        yield Cell(fen=fen, asks={"budget": "true"})
    rate = f"{sums.spent_fen * 100 / sums.total_fen:.1f}%" if sums.total_fen else "—"
    yield Cell(text=rate)
    yield Cell(fen=sums.left_fen, asks={"budget": "true"})


def _here(report: Report) -> dict[str, str]:
    return {"tenant_id": str(report.tenant_id), "period": report.period.written}
