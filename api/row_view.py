"""A row of a table as the API shows it: the same columns, with hashes in hexadecimal."""

from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Struct

from foundation.digests import written
from foundation.model import Base


def row_view(name: str, table: type[Base], *left_out: str) -> type[Struct]:
    """A struct of the table's columns but those left out; `case_id` stands in the address already."""
    hints = get_type_hints(table)
    columns = [column.key for column in table.__mapper__.column_attrs if column.key not in ("case_id", *left_out)]
    kinds = [(column, _shown_as(get_args(hints[column])[0])) for column in columns]
    return msgspec.defstruct(name, kinds, frozen=True, namespace={"__doc__": table.__doc__})


def shown(view: type[Struct], row: Base) -> Struct:
    values = {name: getattr(row, name) for name in view.__struct_fields__}
    return view(**{name: written(value) if isinstance(value, bytes) else value for name, value in values.items()})


def _shown_as(kind: Any) -> Any:
    return str if kind is bytes else kind
