"""The dictionaries that are edited in the operators' office. The schema is alembic's; a test compares every column
with the real one. `title` and `titles` are what people read instead of Piccolo's names (see `admin.wording`).
"""

from typing import ClassVar

from piccolo.columns import BigInt, Boolean, Date, Integer, Serial, SmallInt, Varchar
from piccolo.columns.readable import Readable
from piccolo.table import Table

from admin.choices import choices
from admin.engine import ENGINE
from foundation.language import N_
from funding.tariff import RATE_NAMES


class CalendarDay(
    Table,
    tablename="subtree_calendar_days",
    db=ENGINE,
    help_text=N_("节假日与调休：全省一份，州市县可另加本地的一行"),
):
    """One dated exception from "Monday to Friday"; those of tenants beside the own line do not show."""

    title: ClassVar[str] = N_("节假日与调休")
    titles: ClassVar[dict[str, str]] = {
        "date": N_("日期"),
        "tenant_id": N_("单位编号"),
        "is_workday": N_("上班"),
        "name": N_("名称"),
        "provisional": N_("推定"),
    }

    id = Serial(primary_key=True)
    date = Date(help_text=N_("哪一天放假或上班"), default=None)
    tenant_id = Integer(null=True, default=None, help_text=N_("空 = 全省；本地的填本级单位编号"))
    is_workday = Boolean(default=False, help_text=N_("True = 这一天上班（调休）；False = 放假"))
    name = Varchar(length=None, default="", help_text=N_("节日名称，如 春节、国庆节调休"))
    provisional = Boolean(default=False, help_text=N_("国务院办公厅尚未发布通知，先行推定"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.date, cls.name])


class DisputeType(
    Table,
    tablename="dispute_types",
    db=ENGINE,
    help_text=N_("纠纷类型字典（司法部统计口径）：只有省级可改"),
):
    """One entry of the dictionary of dispute types."""

    title: ClassVar[str] = N_("纠纷类型字典")
    titles: ClassVar[dict[str, str]] = {
        "code": N_("代码"),
        "name_zh": N_("中文名称"),
        "name_en": N_("英文名称"),
        "asks_gate": N_("另须核对"),
        "valid_from": N_("起用日期"),
        "valid_to": N_("止用日期"),
    }

    code = SmallInt(primary_key=True, help_text=N_("代码，用过的不得改作他用"))
    name_zh = Varchar(length=None, help_text=N_("页面上的中文名称"))
    name_en = Varchar(length=None, help_text=N_("页面上的英文名称"))
    asks_gate = Boolean(default=False, help_text=N_("True = 评析时另须核对是否适宜调解（如征地拆迁）"))
    valid_from = Date(default=None, help_text=N_("自何日起使用"))
    valid_to = Date(null=True, default=None, help_text=N_("至何日止，空 = 仍在使用"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name_zh])


class TariffRate(
    Table,
    tablename="tariff_rates",
    db=ENGINE,
    help_text=N_("费用标准：只有省级可改；已生效的只能填止用日期，新标准自明日以后起用"),
):
    """A rate of plan 六(四), in fen. What is in force is held by the database (0016_office)."""

    title: ClassVar[str] = N_("费用标准")
    titles: ClassVar[dict[str, str]] = {
        "key": N_("项目"),
        "minimum_fen": N_("下限（分）"),
        "maximum_fen": N_("上限（分）"),
        "unit": N_("计量"),
        "clause": N_("条款"),
        "source": N_("依据文件"),
        "valid_from": N_("起用日期"),
        "valid_to": N_("止用日期"),
    }

    id = Serial(primary_key=True)
    key = Varchar(length=None, choices=choices(RATE_NAMES), help_text=N_("哪一项费用"), default=None)
    minimum_fen = BigInt(default=None, help_text=N_("单位是分：300000 = 3000 元"))
    maximum_fen = BigInt(default=None, help_text=N_("单位是分，不得小于下限"))
    unit = Varchar(length=None, default=None, help_text=N_("如 每案、每人每天"))
    clause = Varchar(length=None, default=None, help_text=N_("依据的条款"))
    source = Varchar(length=None, default=None, help_text=N_("依据的文件名称和日期"))
    valid_from = Date(default=None, help_text=N_("起用的第一天，须在今天以后"))
    valid_to = Date(null=True, default=None, help_text=N_("使用的最后一天，空 = 未定"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.key, cls.valid_from])


DICTIONARIES: tuple[type[Table], ...] = (CalendarDay, DisputeType, TariffRate)
