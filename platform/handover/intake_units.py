"""One unit told on several lines of one case is one party: tables of other systems repeat it on every line."""

from collections.abc import Mapping, Sequence
from typing import Any

from cases.registration_form import SideKind
from handover.intake_known import as_written


def same_unit(rows: Sequence[dict[str, Any]], further: Mapping[str, Any]) -> dict[str, Any] | None:
    """The row before that tells of the same unit: one name, and nothing that both say differs.

    Two persons may have one name; two units of one name that differ in code or address are left as two.
    """
    return next((row for row in rows if _is_unit(row) and _is_unit(further) and _agree(row, further)), None)


def _is_unit(row: Mapping[str, Any]) -> bool:
    return row.get("kind") == SideKind.UNIT and bool(row.get("name"))


def _agree(row: Mapping[str, Any], further: Mapping[str, Any]) -> bool:
    both = row.keys() & further.keys()
    return "name" in both and all(as_written(str(row[name])) == as_written(str(further[name])) for name in both)
