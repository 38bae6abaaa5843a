"""Compiled tables in the database, by the version of the rules: a start with known rules loads one in milliseconds."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base
from foundation.store import instant
from policies.rules import PolicyBroken, RuleBook
from policies.table import DecisionTable, compile_table


class StoredTable(Base):
    __tablename__ = "decision_tables"

    version: Mapped[str] = mapped_column(primary_key=True, comment="hash of the rules")
    cells: Mapped[dict[str, Any]] = mapped_column(comment="role tier relation action: number of the rule")
    compiled_at: Mapped[datetime]


async def table_of(session: AsyncSession, book: RuleBook) -> DecisionTable:
    """The stored table of these rules, else compiled now and stored for the next start."""
    cells = await session.scalar(select(StoredTable.cells).where(StoredTable.version == book.version))
    if cells is not None:
        return _checked(book, cells)
    table = await compile_table(book)
    row = {"version": book.version, "cells": _plain(table), "compiled_at": instant(session)}
    await session.execute(insert(StoredTable).values(row).on_conflict_do_nothing())
    return table


def _plain(table: DecisionTable) -> dict[str, str]:
    return {" ".join(cell): number for cell, number in table.cells.items()}


def _checked(book: RuleBook, cells: dict[str, str]) -> DecisionTable:
    """What was stored must be what the rules say: an altered row opens nothing."""
    named = {" ".join(cell): rule.no for rule in book.rules.values() for cell in rule.cells()}
    if cells != named:
        raise PolicyBroken(f"the stored decision table {book.version[:12]} is not the one of the rules")
    split = {tuple(key.split(" ")): number for key, number in cells.items()}
    return DecisionTable(book.version, {(r, t, rel, a): number for (r, t, rel, a), number in split.items()})
