"""A form is a msgspec struct; this reads raw input into one and names every broken field, not only the first.

Both doors use it: the API with JSON values (strict), the page with the strings of a form (lenient). Field
metadata: `Annotated[str, Meta(title=N_("姓名"), max_length=80, extra={"widget": "textarea"})]`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import FieldInfo, fields

from foundation import money
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_

Form = TypeVar("Form", bound=Struct)

REQUIRED = N_("请填写")
UNKNOWN_FIELD = N_("没有这个字段")
LARGEST_INT = 2**31 - 1
"""Of a number without a bound of its own: more than any column of ours holds, and than any sum in fen."""
YEARS = range(1900, 2200)
"""Of every date that is typed: nobody living knew of an earlier one, and no term ends later."""
RULES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"`array` of length >= (?P<n>\d+)"), "too_short", N_("至少要有 %(n)s 项")),
    (re.compile(r"`array` of length <= (?P<n>\d+)"), "too_long", N_("最多 %(n)s 项")),
    (re.compile(r"length >= (?P<n>\d+)"), "too_short", N_("至少要有 %(n)s 个字")),
    (re.compile(r"length <= (?P<n>\d+)"), "too_long", N_("最多 %(n)s 个字")),
    (re.compile(r"(`int`|`float`|`decimal`) >= (?P<n>[-\d.]+)"), "too_small", N_("不得小于 %(n)s")),
    (re.compile(r"(`int`|`float`|`decimal`) <= (?P<n>[-\d.]+)"), "too_large", N_("不得大于 %(n)s")),
    (re.compile(r"matching regex"), "malformed", N_("格式不对")),
    (re.compile(r"[Ii]nvalid enum value"), "not_a_choice", N_("请从所列项目中选择")),
    (re.compile(r"`date`|encoded date\b"), "not_a_date", N_("请填日期，如 2026-03-01")),
    (re.compile(r"`datetime`|RFC3339"), "not_an_instant", N_("请填日期和时间，如 2026-03-01T09:30:00+08:00")),
    (re.compile(r"Expected `int|Invalid integer"), "not_a_number", N_("请填整数")),
    (re.compile(r"UUID|`uuid`"), "not_an_id", N_("编号格式不对")),
    (re.compile(r"."), "wrong_type", N_("内容的形式不对")),
)

OF_MONEY = {
    "too_small": N_("金额不得小于 %(n)s 元"),
    "too_large": N_("金额不得大于 %(n)s 元"),
    "not_a_number": N_("金额以分为单位，填整数"),
}
"""By rule: the same said of an amount."""


def parse(form: type[Form], raw: Mapping[str, Any], *, strict: bool) -> Form:
    """The form filled from raw values, or `InvalidInput` naming every field and rule."""
    errors: list[FieldError] = []
    value = _struct(form, raw, "", strict, errors)
    if errors:
        raise InvalidInput(*errors)
    try:
        return msgspec.convert(value, form, strict=strict)
    except msgspec.ValidationError as error:
        raise InvalidInput(_explained("", str(error))) from error


@cache
def fields_of(form: type[Struct]) -> tuple[FieldInfo, ...]:
    """The form's fields; reading them from its annotations takes longer than checking a form."""
    return fields(form)


def _struct(
    form: type[Struct], raw: Mapping[str, Any], path: str, strict: bool, errors: list[FieldError]
) -> dict[str, Any]:
    known = fields_of(form)
    names = {field.encode_name for field in known}
    if strict:
        errors.extend(FieldError(path + name, "unknown", UNKNOWN_FIELD) for name in raw if name not in names)
    return {
        field.encode_name: _field(field, raw.get(field.encode_name), path + field.encode_name, strict, errors)
        for field in known
        if not _left_out(field, raw.get(field.encode_name), path, strict, errors)
    }


def _left_out(field: FieldInfo, value: Any, path: str, strict: bool, errors: list[FieldError]) -> bool:
    """An empty string of a page means "not given"; a required field that is not given is an error."""
    blank = value is None or (not strict and value == "") or (isinstance(value, str) and not value.strip())
    if not blank:
        return False
    if field.default is NODEFAULT and field.default_factory is NODEFAULT and not _nullable(field.type):
        errors.append(FieldError(path + field.encode_name, "required", REQUIRED))
    return True


def _field(field: FieldInfo, value: Any, path: str, strict: bool, errors: list[FieldError]) -> Any:
    item = row_type(field.type)
    if item is not None and isinstance(value, Sequence) and not isinstance(value, str):
        rows = [
            _struct(item, row, f"{path}.{index}.", strict, errors) if isinstance(row, Mapping) else row
            for index, row in enumerate(value)
        ]
        if any(error.field.startswith(path + ".") for error in errors):
            return rows
        value = rows
    if isinstance(value, str):
        value = "".join(value.split()) if is_compact(field.type) else value if strict else value.strip()
        value = money.narrow(value) if not strict and _is_number(field.type) else value
    try:
        read = msgspec.convert(value, field.type, strict=strict)
    except msgspec.ValidationError as error:
        broken = _explained(path, str(error))
        errors.append(_in_yuan(broken) if is_money(field.type) else broken)
        return value
    if isinstance(read, int) and abs(read) > LARGEST_INT and not _bounded(field.type):
        broken = FieldError(path, "too_large", N_("不得大于 %(n)s"), {"n": LARGEST_INT})
        errors.append(_in_yuan(broken) if is_money(field.type) else broken)
    if isinstance(read, date) and read.year not in YEARS:
        errors.append(FieldError(path, "year_out_of_range", N_("年份不对，请核对")))
    return value


def row_type(annotation: Any) -> type[Struct] | None:
    """The struct in `list[Struct]` (however annotated), for fields that repeat; otherwise None."""
    for candidate in _unwrapped(annotation):
        if get_origin(candidate) in (list, tuple):
            inner = [part for part in _unwrapped(get_args(candidate)[0]) if isinstance(part, type)]
            return next((part for part in inner if issubclass(part, Struct)), None)
    return None


@cache
def is_compact(annotation: Any) -> bool:
    """Whether blanks mean nothing, as in a citizen's number written in groups: `extra={"compact": True}`."""
    return any((meta.extra or {}).get("compact") for meta in metas_of(annotation))


@cache
def is_money(annotation: Any) -> bool:
    """An amount, kept in fen: `extra={"widget": "money"}`."""
    return any((meta.extra or {}).get("widget") == "money" for meta in metas_of(annotation))


@cache
def _is_number(annotation: Any) -> bool:
    return int in _unwrapped(annotation)


def _in_yuan(broken: FieldError) -> FieldError:
    """What is wrong with an amount, told as people tell amounts."""
    if broken.rule not in OF_MONEY:
        return broken
    bounds: dict[str, object] = {name: money.yuan(int(str(fen))) for name, fen in broken.params.items()}
    return FieldError(broken.field, broken.rule, OF_MONEY[broken.rule], bounds)


@cache
def _bounded(annotation: Any) -> bool:
    """Whether the field names its own largest number."""
    return any(meta.le is not None or meta.lt is not None for meta in metas_of(annotation))


def metas_of(annotation: Any) -> list[Meta]:
    """What an annotation says of itself, the parts of a union included."""
    own = [meta for meta in getattr(annotation, "__metadata__", ()) if isinstance(meta, Meta)]
    inner = [annotation.__origin__] if own else get_args(annotation)
    return own + [meta for part in inner for meta in metas_of(part)]


def _unwrapped(annotation: Any) -> list[Any]:
    """The annotation without `Annotated` and `| None`."""
    if hasattr(annotation, "__metadata__"):
        return _unwrapped(annotation.__origin__)
    if get_origin(annotation) in (list, tuple, dict):
        return [annotation]
    args = [arg for arg in get_args(annotation) if arg is not type(None)]
    return [part for arg in args for part in _unwrapped(arg)] if args else [annotation]


def _nullable(annotation: Any) -> bool:
    if hasattr(annotation, "__metadata__"):
        return _nullable(annotation.__origin__)
    return type(None) in get_args(annotation)


def _explained(path: str, text: str) -> FieldError:
    for pattern, rule, message in RULES:
        if match := pattern.search(text):
            return FieldError(path, rule, message, dict(match.groupdict()))
    raise AssertionError("the last rule matches everything")


def option_lists(form: type[Struct]) -> frozenset[str]:
    """Names of the lists of options that the form's fields, and those of its rows, choose from."""
    found: set[str] = set()
    for field in fields(form):
        found |= named_lists(field.type)
        if (item := row_type(field.type)) is not None:
            found |= option_lists(item)
    return frozenset(found)


def named_lists(annotation: Any) -> set[str]:
    """Names of the lists of options that one field chooses from, by its annotation."""
    metas = getattr(annotation, "__metadata__", ())
    extras = [meta.extra or {} for meta in metas if isinstance(meta, Meta)]
    named = {str(extra["options"]) for extra in extras if "options" in extra}
    inner = [annotation.__origin__] if metas else [arg for arg in get_args(annotation) if arg is not type(None)]
    return named.union(*(named_lists(part) for part in inner)) if inner else named
