"""The operators' tables as Piccolo sees them. The schema is alembic's; a test compares every column with the real one.

Piccolo makes its labels from the columns' names, so these stay English; the help beside each field is Chinese.
"""

from piccolo.columns import Boolean, Date, Integer, Serial, SmallInt, Varchar
from piccolo.columns.readable import Readable
from piccolo.table import Table

from admin.engine import ENGINE


class CalendarDay(
    Table, tablename="calendar_days", db=ENGINE, help_text="节假日与调休：全省一份，州市县可另加本地的一行"
):
    """One dated exception from "Monday to Friday"."""

    id = Serial(primary_key=True)
    date = Date(help_text="日期", default=None)
    tenant_id = Integer(null=True, default=None, help_text="空 = 全省；本地的填本级租户编号")
    is_workday = Boolean(default=False, help_text="是 = 这一天上班（调休）；否 = 放假")
    name = Varchar(length=None, default="", help_text="名称，如 春节、国庆节调休")
    provisional = Boolean(default=False, help_text="国务院办公厅尚未发布通知，先行推定")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.date, cls.name])


class DisputeType(
    Table, tablename="dispute_types", db=ENGINE, help_text="纠纷类型字典（司法部统计口径）：只有省级可改"
):
    """One entry of the dictionary of dispute types."""

    code = SmallInt(primary_key=True, help_text="代码，用过的不得改作他用")
    name_zh = Varchar(length=None, help_text="中文名称")
    name_en = Varchar(length=None, help_text="英文名称")
    asks_gate = Boolean(default=False, help_text="是 = 评析时另须核对是否适宜调解（如征地拆迁）")
    valid_from = Date(default=None, help_text="自何日起使用")
    valid_to = Date(null=True, default=None, help_text="至何日止，空 = 仍在使用")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name_zh])


TABLES: tuple[type[Table], ...] = (CalendarDay, DisputeType)
