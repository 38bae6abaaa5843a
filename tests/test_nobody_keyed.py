"""N1 as a static check over the whole program, and what each of its readings would catch."""

import pytest
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Uuid

from setup.nobody_keyed import Address, faults, keyed_addresses, keyed_exports, keyed_source, keyed_tables


@pytest.mark.obligation("N1")
def test_no_table_index_query_route_or_export_is_keyed_on_a_petitioner() -> None:
    assert list(faults()) == []


def made(*columns: Column[object] | Index) -> list[str]:
    metadata = MetaData()
    Table("parties", metadata, Column("id", Uuid, primary_key=True), Column("case_id", Uuid))
    Table("scores", metadata, Column("id", Integer, primary_key=True), *columns)
    return list(keyed_tables(metadata))


def test_a_table_of_persons_or_a_key_that_begins_with_one_is_caught() -> None:
    party = Column("who", Uuid, ForeignKey("parties.id"))
    assert made(party) == ["table scores: who outside any case"]
    case = Column("case_id", Uuid)
    assert made(Column("party_id", Uuid), case, Index("ix", "party_id", "case_id")) == [
        "key of scores begins with party_id"
    ]
    assert made(Column("id_number", String, unique=True), Column("case_id", Uuid)) != []
    assert made(Column("party_id", Uuid), Column("case_id", Uuid), Index("ix", "case_id", "party_id")) == []


@pytest.mark.parametrize(
    "source",
    [
        'SQL = "select party_id, count(*) from consents group by party_id"',
        'SQL = "select rank() over (partition by c.kind, p.party_id) from visits p"',
        'SQL = "select distinct on (petitioner_id) * from visits"',
        'op.execute("create index ix_x on visits (party_id, case_id)")',
        "query = select(func.count()).group_by(Party.name)",
        "query = select(func.row_number().over(partition_by=Consent.party_id))",
    ],
)
def test_a_query_grouped_by_a_person_is_caught(source: str) -> None:
    assert list(keyed_source(source, "x.py"))


def test_what_reads_one_case_is_keyed_on_the_case() -> None:
    assert not list(keyed_source('SQL = "select distinct on (party_id) * from c where case_id = :case"', "x.py"))
    assert not list(keyed_source('SQL = "select tenant_id, count(*) from cases group by tenant_id"', "x.py"))


def test_a_route_asked_for_a_person_and_an_export_that_names_one_are_caught() -> None:
    assert list(keyed_addresses([Address("/persons", ("petitioner",)), Address("/cases", ("party_id",))]))
    assert not list(keyed_addresses([Address("/cases", ("after", "place"))]))
    exporting = 'TITLES = (N_("案号"), N_("%s"))\ntable_file("x", TITLES, ())'
    assert list(keyed_exports(exporting % "信访人", "web/x.py"))
    assert not list(keyed_exports(exporting % "承办机构", "web/x.py"))
