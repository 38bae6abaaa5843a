"""The rows that one new division brings: its place, its tenant, its offices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from organisation.divisions import ZONE, Division
from organisation.stations import STATIONS, office_names
from tenants.committees import CommitteeKind
from tenants.tiers import OfficeKind, Tier


def place_row(row: Division, ids: Mapping[str, int], valid_from: date) -> dict[str, Any]:
    return {
        "id": ids[row.key],
        "parent_id": ids[row.parent] if row.parent else None,
        "tier": row.tier,
        "name": row.name,
        "kind": row.kind,
        "code_mca": row.code_mca,
        "code_nbs": row.code_nbs,
        "valid_from": valid_from,
    }


def tenant_row(row: Division, ids: Mapping[str, int], valid_from: date) -> dict[str, Any]:
    return {
        "id": ids[row.key],
        "parent_id": ids[row.parent] if row.parent else None,
        "place_id": ids[row.key],
        "tier": row.tier,
        "kind": ZONE if row.kind == ZONE else "division",
        "name": row.name,
        "county_code": row.parent if row.tier is Tier.TOWNSHIP else row.key,
        "valid_from": valid_from,
    }


def office_rows(new: Sequence[Division], ids: Mapping[str, int], first: int, valid_from: date) -> list[dict[str, Any]]:
    """Numbered on from `first`; each station names the committee of its own tenant."""
    rows: list[dict[str, Any]] = []
    for division in new:
        names = office_names(division.tier, division.name)
        numbers = {kind: first + len(rows) + place for place, kind in enumerate(names)}
        committee = numbers[OfficeKind.COMMITTEE]
        rows += [
            {
                "id": numbers[kind],
                "tenant_id": ids[division.key],
                "kind": kind,
                "name": name,
                "committee_id": committee if kind in STATIONS else None,
                "committee_kind": _committee_kind(division.tier) if kind is OfficeKind.COMMITTEE else None,
                "valid_from": valid_from,
            }
            for kind, name in names.items()
        ]
    return rows


def _committee_kind(tier: Tier) -> str:
    """The committee every tenant begins with: a township's own, elsewhere the one stationed at the petition office."""
    return (CommitteeKind.TOWNSHIP if tier is Tier.TOWNSHIP else CommitteeKind.STATIONED).value
