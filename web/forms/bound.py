"""A form as the page shows it: its fields with what was typed, what is wrong, and what may be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from msgspec import Struct

from cases.catalogue import Option
from foundation import money
from foundation.clock import SHANGHAI
from foundation.errors import FieldError, InvalidInput
from foundation.forms import parse
from foundation.language import N_, current_language
from web.forms.fields import Field, fields_of
from web.forms.typed import Typed, prepare

UNTYPED: tuple[Any, ...] = (None, "", "false", [])


class BoundForm(Struct, frozen=True):
    """`errors` by path; `unplaced` are those at no field of this form."""

    fields: tuple[Field, ...]
    typed: Typed
    errors: dict[str, FieldError] = {}
    options: dict[str, Sequence[Option]] = {}

    @property
    def summary(self) -> list[tuple[str, str, FieldError]]:
        """(path, msgid of the field's label, error) in the order of the page; a path of no field comes last."""
        places = dict(_labels(self.fields, self.typed))
        known = [(path, label, self.errors[path]) for path, label in places.items() if path in self.errors]
        return known + [("", "", error) for path, error in self.errors.items() if path not in places]

    @property
    def has_file(self) -> bool:
        return any(field.widget == "file" for field in self.fields)


def fresh(form: type[Struct], given: Mapping[str, str], options: dict[str, Sequence[Option]]) -> BoundForm:
    """A form nobody has typed in: its defaults, and what the address gives for fields of its own."""
    known = fields_of(form)
    typed = {field.name: at_first(field) for field in known}
    typed.update({field.name: given[field.name] for field in known if field.name in given and not field.rows})
    return BoundForm(_told(known, typed, options), typed, {}, options)


def written(given: Struct) -> Typed:
    """What a form says, as it would have been typed: to be written on."""
    known = fields_of(type(given))
    return {
        field.name: [written(row) for row in getattr(given, field.name)]
        if field.rows
        else _shown(field, getattr(given, field.name))
        for field in known
    }


def refused(
    form: type[Struct], typed: Typed, errors: Iterable[FieldError], options: dict[str, Sequence[Option]]
) -> BoundForm:
    """The form as it was typed, with its errors; the first error of a field is shown."""
    first: dict[str, FieldError] = {}
    lists = dict(_lists(fields_of(form), typed))
    for error in errors:
        placed = _at_its_list(error, lists, options)
        first.setdefault(placed.field, placed)
    return BoundForm(_told(fields_of(form), typed, options), typed, first, options)


def _told(known: Iterable[Field], typed: Typed, options: Mapping[str, Sequence[Option]]) -> tuple[Field, ...]:
    """Without what makes no sense while there is nothing to choose from; what was typed stays all the same."""
    return tuple(
        one for one in known if not one.only_with or options.get(one.only_with) or typed.get(one.name) not in UNTYPED
    )


def _at_its_list(
    error: FieldError, lists: Mapping[str, tuple[Field, Typed]], options: Mapping[str, Sequence[Option]]
) -> FieldError:
    """What is wrong with one of several that were chosen (`experts.0`) stands at their list, and says which it is."""
    path, _, number = error.field.rpartition(".")
    if path not in lists or not number.isdigit():
        return error
    field, typed = lists[path]
    chosen = typed.get(field.name) or []
    value = chosen[int(number)] if int(number) < len(chosen) else ""
    labels = {one.value: one.label for one in options.get(field.options, ())}
    which = labels.get(value) or dict(field.choices).get(value) or value
    why = error.text(current_language.get())
    return FieldError(path, error.rule, N_("%(which)s：%(why)s"), {"which": which, "why": why}) if which else error


def _lists(known: Sequence[Field], typed: Typed, prefix: str = "") -> Iterable[tuple[str, tuple[Field, Typed]]]:
    """Fields of which several may be chosen, by path."""
    for field in known:
        if field.many:
            yield prefix + field.name, (field, typed)
        for index, row in enumerate(typed.get(field.name) or [] if field.rows else []):
            yield from _lists(field.rows, row, f"{prefix}{field.name}.{index}.")


def fill(form: type[Struct], typed: Typed) -> Struct:
    """The form struct, or `InvalidInput` naming every field."""
    raw, own = prepare(fields_of(form), typed)
    try:
        filled = parse(form, raw, strict=False)
    except InvalidInput as error:
        told = {one.field for one in own}
        raise InvalidInput(*own, *(one for one in error.fields if one.field not in told)) from error
    if own:
        raise InvalidInput(*own)
    return filled


def providers(known: Sequence[Field]) -> set[str]:
    """Names of the option lists that the fields ask for."""
    inner = {name for field in known for name in providers(field.rows)}
    return inner | {field.options for field in known if field.options}


def _labels(known: Sequence[Field], typed: Typed, prefix: str = "") -> Iterable[tuple[str, str]]:
    for field in known:
        yield prefix + field.name, field.label
        for index, row in enumerate(typed.get(field.name) or [] if field.rows else []):
            yield from _labels(field.rows, row, f"{prefix}{field.name}.{index}.")


def at_first(field: Field) -> Any:
    """What its input shows before anybody has typed, on a form or in a row of it."""
    return _shown(field, field.default)


def _shown(field: Field, value: Any) -> Any:
    """A default as the input shows it."""
    if field.rows or field.many:
        return [] if value is None else [as_typed(one) for one in value]
    if field.widget == "money" and isinstance(value, int):
        return money.yuan(value)
    return as_typed(value)


def as_typed(value: Any) -> str:
    """A value as the input of a page holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return "" if value is None else str(value)
