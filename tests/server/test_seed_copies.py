"""A copy of a told history is a case of its own: nothing in it points to another, and nothing in it is out of date."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.history import Event
from cases.models import Case
from cases.numbers import NumberSeries
from cases.papers import Paper
from cases.parties import Party
from dossiers.contents import contents
from dossiers.cover import INSIDE_LIST, list_hash
from dossiers.retention import years_later
from dossiers.volume import Dossier
from foundation.clock import local_date
from foundation.digests import matches
from foundation.model import Base
from funding.decisions import PayerDecision
from funding.gathering import subsidy_facts
from funding.ledger import LedgerEntry
from funding.proof import prove
from funding.settlement import Settlement
from funding.words import Recipient
from server.seed.story.casting import TOLD, tables
from tests.conftest import NOON
from tests.server.filling import FULL

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECONDS = timedelta(minutes=1)
"""What other tests did on this database meanwhile."""
OWN = ("parties", "papers", "claims", "team_members", "agreements", "agreement_terms", "supervision_orders", "evidence")
"""Tables whose ids stand in papers and events."""


def child_references() -> Iterator[tuple[Table, str, Table]]:
    """Column of a case's table that refers to another table of the case."""
    for table in tables():
        for key in table.foreign_keys:
            if "case_id" in key.column.table.columns and "case_id" in table.columns:
                yield table, key.parent.name, key.column.table


def words_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from words_in(one)
    elif isinstance(value, str):
        yield from ID.findall(value)


def test_most_cases_of_this_seed_are_copies() -> None:
    assert FULL > TOLD * 5


async def test_what_belongs_to_a_case_refers_to_rows_of_the_same_case(owner: AsyncSession) -> None:
    asked = 0
    for table, column, parent in child_references():
        astray = text(
            f"select count(*) from {table.name} c join {parent.name} p on p.id = c.{column}"
            " where p.case_id <> c.case_id"
        )
        assert await owner.scalar(astray) == 0, (table.name, column)
        asked += 1
    assert asked > 20


async def test_ids_in_papers_and_events_are_of_the_same_case(owner: AsyncSession) -> None:
    home: dict[str, UUID] = {}
    for name in OWN:
        rows = await owner.execute(text(f"select id, case_id from {name}"))
        home |= {str(row_id): case_id for row_id, case_id in rows}
    found = 0
    for model, told in ((Paper, Paper.content), (Event, Event.data)):
        for case_id, content in await owner.execute(select(model.case_id, told)):
            for word in words_in(content):
                found += word in home
                assert home.get(word, case_id) == case_id
    assert found > FULL


async def test_each_paper_has_the_hash_of_its_content(owner: AsyncSession) -> None:
    papers = list(await owner.scalars(select(Paper)))
    assert len(papers) > FULL * 5
    for paper in papers:
        assert matches(paper.sha256, msgspec.json.encode(paper.content, order="sorted")), paper.kind


async def test_the_inside_list_proves_the_volume_and_keeps_to_its_years(owner: AsyncSession) -> None:
    for dossier in await owner.scalars(select(Dossier).where(Dossier.archived_at.is_not(None))):
        case = await owner.get_one(Case, dossier.case_id)
        assert dossier.archived_at == case.archived_at and dossier.archived_at is not None
        held = [entry for entry in await contents(owner, case) if entry.title != INSIDE_LIST.title]
        assert dossier.list_sha256 == list_hash(held)
        made_on = local_date(dossier.archived_at)
        assert dossier.transfer_on in {years_later(made_on, 10), years_later(made_on, 20)}


async def test_copies_are_of_other_people(owner: AsyncSession) -> None:
    """The stories that were told have not as many people."""
    told = select(Party.name).where(Party.kind == "person", Party.case_id.in_(select(Event.case_id)))
    names = list(await owner.scalars(told))
    assert len(set(names)) > FULL


async def test_numbers_have_no_gap_and_the_series_stands_at_the_last(owner: AsyncSession) -> None:
    for series, column in (("registration", Case.registration_no), ("case", Case.case_no)):
        taken = await owner.scalar(select(func.sum(NumberSeries.last)).where(NumberSeries.series == series))
        assert await owner.scalar(select(func.count(column))) == taken


async def test_nothing_was_done_in_the_future(owner: AsyncSession) -> None:
    for table in Base.metadata.sorted_tables:
        if "case_id" in table.columns and "recorded_at" in table.columns:
            last = await owner.scalar(select(func.max(table.c.recorded_at)))
            assert last is None or last <= NOON + SECONDS, table.name


async def test_others_take_a_hand_and_money_is_settled(owner: AsyncSession) -> None:
    for name in ("supervision_orders", "warnings", "assistances", "relief_referrals", "evidence", "settlements"):
        assert (await owner.scalar(text(f"select count(*) from {name}")) or 0) > 0, name


async def test_a_settlement_was_decided_on_the_facts_that_stand_in_the_rows(owner: AsyncSession) -> None:
    settlements = list(await owner.scalars(select(Settlement)))
    for settlement in settlements:
        case = await owner.get_one(Case, settlement.case_id)
        decision = await owner.get_one(PayerDecision, settlement.decision_id)
        facts = msgspec.to_builtins(await subsidy_facts(owner, case, Recipient.ELIGIBLE, split=False))
        assert decision.facts == {name: value for name, value in facts.items() if value is not None}
        assert decision.minimum_fen <= settlement.amount_fen <= decision.maximum_fen
        assert decision.about_id == settlement.id
    assert settlements


async def test_the_books_say_what_was_told(owner: AsyncSession) -> None:
    """As `tiaojie ledger verify` tells every account again."""
    assert (await prove(owner)).wrong == []


async def test_the_ledger_balances_in_each_transaction_and_books_the_year_of_the_day(owner: AsyncSession) -> None:
    sums = select(func.sum(LedgerEntry.debit_fen) - func.sum(LedgerEntry.credit_fen), func.count())
    transactions = (await owner.execute(sums.group_by(LedgerEntry.transaction_id))).all()
    assert transactions and set(transactions) == {(0, 2)}
    for entry in await owner.scalars(select(LedgerEntry)):
        assert entry.year == local_date(entry.recorded_at).year
