"""The same decisions in plain Python, written a second time from the documents and sharing no code with the gate."""

import csv
from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

import policies
from tenants.roles import ROLE_NAMES
from tenants.subject import Subject
from tests.conftest import NOON
from tests.policies.trees import Place
from tests.policies.world import Held, Record

FIELDS = {
    "T": "case:read.timeline",
    "I": "case:read.identity",
    "I~": "case:read.identity_masked",
    "I~?": "case:read.identity_masked party:reveal",
    "C": "case:read.contact",
    "C~?": "case:read.contact_masked party:reveal",
    "S": "case:read.statement",
    "O": "case:read.opinion case:read.final",
    "O#": "case:read.final",
    "M": "case:read.money case:read.totals",
    "M#": "case:read.totals",
    "M=": "case:read.own_costs",
    "N": "case:read.notes",
    "+sens": "case:read.sensitive",
}
NO_CASES = {"aux_staff", "duty_member", "stats_reader", "sysadmin", "secadmin", "auditadmin"}
STAFF = set(ROLE_NAMES) - NO_CASES
TAKES_AWAY = ("excluded", "complained_of")


def read_rules() -> list[dict[str, set[str]]]:
    with (Path(policies.__file__).parent / "rules.csv").open(encoding="utf-8") as file:
        return [_rule(row) for row in csv.DictReader(file)]


def _rule(row: dict[str, str]) -> dict[str, set[str]]:
    actions = set(row["actions"].split())
    for letter in row["fields"].split():
        actions |= set(FIELDS[letter].split())
    if "case:read" in actions:
        actions.add("case:status")
    tiers = set("PFCT") if row["tiers"] == "*" else set(row["tiers"].split())
    return {
        "roles": STAFF if row["roles"] == "any_staff" else set(row["roles"].split()),
        "tiers": tiers,
        "relations": set(row["relations"].split()),
        "actions": actions,
    }


RULES = read_rules()


def allowed(subject: Subject, case: Held, records: list[Record]) -> set[str]:
    """Every action the subject may do with the case."""
    found: set[str] = set()
    for role, relation, lent in standings(subject, case, records):
        for rule in RULES:
            if role in rule["roles"] and subject.tier in rule["tiers"] and relation in rule["relations"]:
                found |= rule["actions"] if lent is None else rule["actions"] & set(lent)
    return found


def standings(subject: Subject, case: Held, records: list[Record]) -> list[tuple[str, str, tuple[str, ...] | None]]:
    """(role, relation, what is lent by name); none for an administrator, none when one record takes away."""
    case_roles = {role for rule in RULES if rule["relations"] != {"none"} for role in rule["roles"]}
    rows = [row for row in records if row.case_id == case.id and _in_force(row)]
    if subject.role not in case_roles or any(row.relation in TAKES_AWAY and _touches(subject, row) for row in rows):
        return []
    mine = [row for row in rows if _names(subject, row)]
    by_record = [(row.role or subject.role, str(row.relation), row.actions) for row in mine]
    return [(subject.role, relation, None) for relation in by_place(subject, case)] + by_record


def by_place(subject: Subject, case: Held) -> Iterator[str]:
    if subject.tenant_id is None:
        return
    if subject.tenant_id == case.tenant.id:
        yield "holds" if subject.office_id == case.office_id else "houses"
        if subject.office_kind in ("leading_group", "justice_bureau"):
            yield "governs"
        if subject.office_kind == "petition_bureau":
            yield "manages"
        if case.closed:
            yield "keeps"
    elif subject.tenant_id in case.tenant.columns:
        yield "oversees"


def shown(subject: Subject, case: Held, records: list[Record]) -> bool:
    """What row-level security shows: it knows tenants, persons and time, no roles."""
    if subject.role in NO_CASES | {""}:
        return False
    rows = [row for row in records if row.case_id == case.id and _in_force(row) and _touches(subject, row)]
    if any(row.relation in TAKES_AWAY for row in rows):
        return False
    related = any(row.relation not in (*TAKES_AWAY, "serves") for row in rows)
    return related or (subject.tenant_id is not None and subject.tenant_id in case.tenant.columns)


def related(subject: Subject, case: Held, records: list[Record]) -> bool:
    """Whether any relation at all ties the case to the subject's tenant or person."""
    rows = [row for row in records if row.case_id == case.id and row.since <= NOON and _touches(subject, row)]
    by_row = any(row.relation not in TAKES_AWAY for row in rows)
    return by_row or (subject.tenant_id is not None and subject.tenant_id in case.tenant.columns)


def with_subordinates(records: list[Record], tree: list[Place]) -> list[Record]:
    """Who is complained of takes its subordinate bodies along: a record of their own for each tenant below."""
    return records + [
        structs.replace(row, tenant_id=one.id, office_id=None, role=None)
        for row in records
        if row.relation == "complained_of" and row.tenant_id is not None
        for one in tree
        if one.id != row.tenant_id and row.tenant_id in one.columns
    ]


def _in_force(row: Record) -> bool:
    return row.since <= NOON < row.until


def _touches(subject: Subject, row: Record) -> bool:
    tenant = row.tenant_id is not None and row.tenant_id == subject.tenant_id
    return tenant or row.person_id == subject.person_id


def _names(subject: Subject, row: Record) -> bool:
    if row.person_id == subject.person_id:
        return True
    desk = row.office_id is None or row.office_id == subject.office_id
    return row.tenant_id is not None and row.tenant_id == subject.tenant_id and desk
