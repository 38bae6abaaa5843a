"""What a form struct says about its fields, as the page needs it."""

from datetime import date, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import FieldInfo, fields

from foundation.choice import Choice
from foundation.forms import row_type
from foundation.language import N_

WIDGET_OF_TYPE: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (datetime, "datetime"),
    (date, "date"),
    (int, "integer"),
)
YES_NO = (("true", N_("是")), ("false", N_("否")))
UNKNOWN = ("", N_("不清楚"))
RADIO_LIMIT = 4
"""Up to so many choices are shown all at once; more of them go into a list."""


class Field(Struct, frozen=True):
    """One field to show. `label` and `help` are msgids; `rows` are the fields of a repeating row."""

    name: str
    label: str
    widget: str
    required: bool
    help: str = ""
    options: str = ""
    """Name of the list of options that depends on the case; empty when `choices` are fixed."""
    choices: tuple[tuple[str, str], ...] = ()
    rows: tuple["Field", ...] = ()
    suggestions: tuple[str, ...] = ()
    """Words to choose from for a text that may be another."""
    rare: bool = False
    """Folded away in a row until somebody wants it."""
    only_with: str = ""
    """Name of a list of options: without anything in it there is nothing to say here, and the field is not shown."""
    many: bool = False
    lines: int = 4
    """Height of a text of several lines."""
    minimum: int | None = None
    maximum: int | None = None
    default: Any = None


@cache
def fields_of(form: type[Struct]) -> tuple[Field, ...]:
    """All fields of the struct, in its order."""
    return tuple(_field(info) for info in fields(form))


def choice_label(form: type[Struct], field: str, value: Any) -> str | None:
    """The msgid that stands for a fixed choice's code, when that field is one."""
    found = next((one for one in fields_of(form) if one.name == field), None)
    return dict(found.choices).get(str(value)) if found else None


def _field(info: FieldInfo) -> Field:
    bare, metas = unfold(info.type)
    extra: dict[str, Any] = {}
    for meta in metas:
        extra.update(meta.extra or {})
    row = row_type(info.type)
    many = row is None and get_origin(bare) in (list, tuple, set, frozenset)
    inner = unfold(get_args(bare)[0])[0] if many else bare
    required = info.required and not _nullable(info.type)
    choices = _choices(inner, required)
    if inner is bool and not required and not _nullable(info.type):
        choices = ()  # a tick: absent means no
    return Field(
        name=info.encode_name,
        label=_first(metas, "title") or info.encode_name,
        help=_first(metas, "description") or "",
        widget="rows" if row else extra.get("widget") or _widget(inner, choices, extra, many),
        required=required,
        options=extra.get("options", ""),
        choices=choices,
        rows=fields_of(row) if row else (),
        suggestions=tuple(extra.get("suggestions", ())),
        rare=bool(extra.get("rare")),
        only_with=extra.get("only_with", ""),
        many=many,
        lines=extra.get("lines", 4),
        minimum=_first(metas, "min_length", "ge"),
        maximum=_first(metas, "max_length", "le"),
        default=_default(info),
    )


def unfold(annotation: Any) -> tuple[Any, list[Meta]]:
    """The type without `Annotated` and `| None`, and every Meta met on the way."""
    if get_origin(annotation) is Annotated:
        bare, metas = unfold(annotation.__origin__)
        return bare, [*(meta for meta in annotation.__metadata__ if isinstance(meta, Meta)), *metas]
    if get_origin(annotation) in (Union, UnionType):
        members = [part for part in get_args(annotation) if part is not type(None)]
        if len(members) == 1:
            return unfold(members[0])
    return annotation, []


def _widget(inner: Any, choices: tuple[tuple[str, str], ...], extra: dict[str, Any], many: bool) -> str:
    if choices or extra.get("options"):
        short = choices and len(choices) <= RADIO_LIMIT
        return "checks" if many else "radio" if short else "select"
    known = inner if isinstance(inner, type) else str
    return next((widget for kind, widget in WIDGET_OF_TYPE if issubclass(known, kind)), "text")


def _choices(inner: Any, required: bool) -> tuple[tuple[str, str], ...]:
    if inner is bool:
        return YES_NO if required else (*YES_NO, UNKNOWN)
    if isinstance(inner, type) and issubclass(inner, Enum):
        return tuple((str(one.value), one.label if isinstance(one, Choice) else str(one.value)) for one in inner)
    return ()


def _nullable(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _nullable(annotation.__origin__)
    return type(None) in get_args(annotation)


def _first(metas: list[Meta], *names: str) -> Any:
    found = (getattr(meta, name) for meta in metas for name in names)
    return next((value for value in found if value is not None), None)


def _default(info: FieldInfo) -> Any:
    if info.default is not NODEFAULT:
        return info.default
    return info.default_factory() if info.default_factory is not NODEFAULT else None
