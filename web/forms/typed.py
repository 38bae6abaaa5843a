"""From the flat names of a page's form (`petitioners.0.name`) to what was typed, and on to what the parser takes.

`read` keeps every character, so that a refused form shows again as it was; `prepare` turns yuan into fen and so on.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from foundation import money
from foundation.errors import FieldError
from web.forms.fields import Field

Typed = dict[str, Any]
YUNNAN_OFFSET = "+08:00"
"""Pages speak Yunnan's time, which has no summer time."""
SEPARATORS = re.compile(r"[,，、;；]")
"""Between several codes in one box."""
LOCAL_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
MOST_ROWS = 5_000
"""More rows than any form has (the persons of a joint visit, N10): a forged index can't make us work."""


def read(known: Sequence[Field], data: Mapping[str, Sequence[str]], prefix: str = "") -> Typed:
    """What was typed, nested; rows without any text are left out and the others move up."""
    typed: Typed = {}
    for field in known:
        path = prefix + field.name
        if field.rows:
            typed[field.name] = _rows(field, data, path)
        elif field.widget == "lines":
            typed[field.name] = "\n".join(data.get(path, ())).rstrip().split("\n") if any(data.get(path, ())) else []
        elif field.widget == "codes":
            typed[field.name] = SEPARATORS.sub(" ", " ".join(data.get(path, ()))).split()
        elif field.many:
            typed[field.name] = [value for value in data.get(path, ()) if value]
        elif values := data.get(path):
            typed[field.name] = values[-1]
    return typed


def prepare(known: Sequence[Field], typed: Typed, prefix: str = "") -> tuple[Typed, list[FieldError]]:
    """Raw values for `foundation.forms.parse`, and what is wrong with those that it could not judge."""
    raw: Typed = dict(typed)
    errors: list[FieldError] = []
    for field in known:
        path, value = prefix + field.name, typed.get(field.name)
        if field.rows:
            rows = [prepare(field.rows, row, f"{path}.{index}.") for index, row in enumerate(value or [])]
            raw[field.name] = [row for row, _ in rows]
            errors.extend(error for _, found in rows for error in found)
        elif field.widget == "boolean" and not field.required:
            raw[field.name] = value or "false"
        elif isinstance(value, str) and value.strip():
            raw[field.name] = _value(field, value.strip(), path, errors)
    return raw, errors


def _value(field: Field, value: str, path: str, errors: list[FieldError]) -> Any:
    if field.widget == "datetime" and LOCAL_MINUTE.fullmatch(value):
        return f"{value}:00{YUNNAN_OFFSET}"
    if field.widget == "money":
        amount = money.fen(value)
        if amount is None:
            errors.append(money.refusal(path))
        return value if amount is None else amount
    return value


def _rows(field: Field, data: Mapping[str, Sequence[str]], path: str) -> list[Typed]:
    start = re.compile(re.escape(path) + r"\.(\d{1,4})\.")
    found = {int(match[1]) for match in map(start.match, data) if match}
    rows = (read(field.rows, data, f"{path}.{index}.") for index in sorted(found)[:MOST_ROWS])
    return [row for row in rows if any(_filled(one, row.get(one.name)) for one in field.rows)]


def _filled(field: Field, value: Any) -> bool:
    """A list or radio that shows its first entry does not make a row; a text does."""
    if field.widget == "hidden" or value in (None, "", []):
        return False
    return str(value) != str(field.default)
