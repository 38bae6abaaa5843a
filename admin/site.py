"""Piccolo Admin with our tables, in Chinese; its own way in is closed by `admin.office`."""

from typing import Any

from piccolo_admin.endpoints import TableConfig, create_admin

from admin.identity import Administrators, Sessions
from admin.rights import CALENDAR, DICTIONARY
from admin.tables import CalendarDay, DisputeType

MENU = "基础数据"


def site(host: str) -> Any:
    """The ASGI application; `host` is where the platform is reached, for Piccolo's own check of the origin."""
    tables = [
        TableConfig(
            CalendarDay,
            menu_group=MENU,
            visible_columns=[CalendarDay.date, CalendarDay.is_workday, CalendarDay.name, CalendarDay.tenant_id],
            visible_filters=[CalendarDay.date, CalendarDay.is_workday, CalendarDay.name, CalendarDay.tenant_id],
            link_column=CalendarDay.date,
            validators=CALENDAR,
        ),
        TableConfig(
            DisputeType,
            menu_group=MENU,
            visible_columns=[DisputeType.code, DisputeType.name_zh, DisputeType.name_en, DisputeType.valid_to],
            link_column=DisputeType.code,
            validators=DICTIONARY,
        ),
    ]
    return create_admin(
        tables,
        auth_table=Administrators,
        session_table=Sessions,
        increase_expiry=None,
        production=True,
        site_name="调解平台 · 运维室",
        default_language_code="zh-CN",
        auto_include_related=False,
        allowed_hosts=[host],
        sidebar_links={"返回工作平台": "/desk"},
    )
