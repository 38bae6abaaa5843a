"""The accounts that `tiaojie run` prints, as a table."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from organisation.demonstration import DemoAccount

NARROWEST = 160
"""Columns: on a narrower screen, or in a pipe, rich would cut the logins."""


def print_accounts(accounts: Sequence[DemoAccount], password: str) -> None:
    """One line per post; a person with several posts has several lines."""
    table = Table(title=f"演示账号 · accounts (密码 · password: {password})", title_justify="left", box=None)
    table.caption = "两步验证的验证码 · the code of a second step: tiaojie accounts code LOGIN"
    table.caption_justify = "left"
    for heading in ("账号 · login", "姓名 · name", "岗位 · post", "单位 · office", "两步验证 · second step"):
        table.add_column(heading, no_wrap=True)
    for account in accounts:
        table.add_row(account.login, account.name, account.post, account.office, "是 · yes" * account.second_factor)
    console = Console()
    console.width = max(console.width, NARROWEST)
    console.print(table)
