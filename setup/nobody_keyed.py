"""Nothing is keyed on a petitioner (N1): no table, index, query, route or export; `make check` runs it.

Four readings: the models, SQL in any Python file, grouping calls, addresses with what they can be asked, and the
titles of tables to take away. What stands apart is named in ALLOWED with its reason.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Column, MetaData, Table, UniqueConstraint

ROOT = Path(__file__).resolve().parent.parent
for folder in (ROOT, ROOT / "platform"):
    sys.path.insert(0, str(folder))
PACKAGES = ("foundation", "tenants", "policies", "platform", "api", "web", "admin", "server", "migrations")
PERSON = re.compile(r"\b(party(_id)?|petitioner(_id)?|part(y|ies)\.\w+|Party\w*|id_number|receipt_hash|blind)\b")
ASKED = re.compile(r"party|petitioner|identity|id_number|telephone|phone|receipt_code")
GROUPS = re.compile(r"\b(?:group|partition)\s+by\s+([\w.,\s]+)", re.I)
DISTINCT = re.compile(r"\bdistinct\s+on\s*\(([^)]*)\)", re.I)
INDEX = re.compile(r"\bcreate\s+(?:unique\s+)?index\s+\w+\s+on\s+\w+\s*(?:using\s+\w+\s*)?\(\s*([\w.]+)", re.I)
ONE_CASE = re.compile(r"\bcase_id\s*=|\bcase_id\s+is\s+not\s+distinct|\.case_id\s*==", re.I)
CALLS = frozenset({"group_by", "distinct", "over", "partition_by"})
TITLES = re.compile(r"信访人|当事人|身份证|证件号码|联系电话|住址|^姓名$")
EXPORTING = re.compile(r"(report_\w+|\w+_sheets?|\w+_file|\w+_workbook)\.py$")
ALLOWED: Mapping[str, str] = {
    "identity_index.blind": "the one look-up, inside a registration alone: 条例 19(3), decision 0022",
    "declared_kin.blind": "kin that an official has declared, for recusal: no petitioner is looked up by it",
}


class Address(Struct, frozen=True):
    """A route and the names that it can be asked by, in its path and its query."""

    path: str
    names: tuple[str, ...]


def keyed_tables(metadata: MetaData) -> Iterator[str]:
    """Tables about a person apart from a case, and keys that begin with one."""
    for table in metadata.sorted_tables:
        named = [column for column in table.columns if _of_a_person(column)]
        apart = any(f"{table.name}.{column.name}" in ALLOWED for column in named)
        if named and "case_id" not in table.columns and not apart:
            yield f"table {table.name}: {named[0].name} outside any case"
        for columns in _keys(table):
            if columns and _of_a_person(columns[0]) and f"{table.name}.{columns[0].name}" not in ALLOWED:
                yield f"key of {table.name} begins with {columns[0].name}"


def _keys(table: Table) -> Iterator[list[Column[object]]]:
    if len(table.primary_key.columns) > 1:
        yield list(table.primary_key.columns)
    yield from ([one for one in index.columns] for index in table.indexes)
    yield from (list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint))


def _of_a_person(column: Column[object]) -> bool:
    to_party = any(key.target_fullname.startswith("parties.") for key in column.foreign_keys)
    return to_party or PERSON.fullmatch(column.name) is not None


def keyed_source(source: str, place: str) -> Iterator[str]:
    """SQL in texts, and grouping calls, of one Python file. What reads one case alone is keyed on the case."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"{place}:{node.lineno}: {found}" for found in _keyed_sql(node.value))
        elif isinstance(node, ast.Call) and _called(node) in CALLS:
            given = " ".join(ast.unparse(one) for one in [*node.args, *(word.value for word in node.keywords)])
            if PERSON.search(given) and not ONE_CASE.search(ast.unparse(node)):
                yield f"{place}:{node.lineno}: {_called(node)}({given})"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _keyed_sql(text: str) -> Iterator[str]:
    for pattern in (GROUPS, DISTINCT):
        for found in pattern.finditer(text):
            if PERSON.search(found[1]) and not ONE_CASE.search(text):
                yield " ".join(found[0].split())
    for found in INDEX.finditer(text):
        if PERSON.fullmatch(found[1]):
            yield found[0]


def keyed_addresses(addresses: Iterable[Address]) -> Iterator[str]:
    """Routes that could be asked for a person."""
    for one in addresses:
        if wrong := [name for name in one.names if ASKED.search(name)]:
            yield f"{one.path} can be asked by {', '.join(wrong)}"


def keyed_exports(source: str, place: str) -> Iterator[str]:
    """Titles of columns that name a person, in a file that makes tables to take away."""
    tree = ast.parse(source)
    makes = any(isinstance(node, ast.Call) and _called(node) == "table_file" for node in ast.walk(tree))
    if not makes and not EXPORTING.search(place):
        return
    assigned = (one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign))
    texts = (node for one in assigned for node in ast.walk(one) if isinstance(node, ast.Constant))
    for node in texts:
        named = isinstance(node.value, str) and TITLES.search(node.value)
        if named and f"{place}: {node.value!s}" not in ALLOWED:
            yield f"{place}:{node.lineno}: an export with a column {node.value!s}"


def sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file.read_text(encoding="utf-8"), str(file.relative_to(ROOT))


def addresses() -> Iterator[Address]:
    """Of pages and API, as the application has them."""
    from api.routes import endpoints
    from server.catalogue import catalogue
    from web.routes import routes

    for endpoint in endpoints(catalogue()):
        asked = endpoint.query.__struct_fields__ if endpoint.query is not None else ()
        yield Address(endpoint.path, (*re.findall(r"{(\w+)", endpoint.path), *asked))
    for route in routes():
        for path in route.paths:
            yield Address(path, tuple(re.findall(r"{(\w+)", path)))


def faults() -> Iterator[str]:
    """Every breach in the whole program, one line each."""
    from migrations.metadata import metadata

    yield from keyed_tables(metadata)
    yield from keyed_addresses(addresses())
    for source, place in sources():
        yield from keyed_source(source, place)
        yield from keyed_exports(source, place)


def main() -> None:
    found = list(faults())
    print("\n".join(found) if found else "nobody is keyed: tables, indexes, queries, routes and exports")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
