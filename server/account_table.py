"""The accounts that `tiaojie run` prints, as a table."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from organisation.demonstration import DemoAccount

NARROWEST = 170
"""Columns: on a narrower screen, or in a pipe, rich would cut the logins."""


def print_accounts(accounts: Sequence[DemoAccount], password: str) -> None:
    """One line per post; a person with several posts has several lines."""
    table = Table(title=f"演示账号 · accounts (密码 · password: {password})", title_justify="left", box=None)
    for heading in ("账号 · login", "姓名 · name", "岗位 · post", "单位 · office", "两步验证 · second step"):
        table.add_column(heading, no_wrap=True)
    for account in accounts:
        code = f"tiaojie accounts code {account.login}" if account.second_factor else ""
        table.add_row(account.login, account.name, account.post, account.office, code)
    console = Console()
    console.width = max(console.width, NARROWEST)
    console.print(table)
