"""An example of every body, made from its own struct: it shows each field once and is accepted by the same rules."""

from datetime import date, datetime, time
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import fields

FIXED: dict[type, Any] = {
    bool: True,
    int: 1,
    float: 1.0,
    datetime: "2026-03-02T09:30:00+08:00",
    date: "2026-03-02",
    time: "09:30:00",
    UUID: "019cacb3-f200-74aa-a884-5146392a7bb5",
    bytes: "",
}
FILLING = "例"


def example(annotation: Any, meta: Meta | None = None) -> Any:
    """A JSON value that the annotation accepts; a `Meta(examples=[…])` of the field wins."""
    if meta is not None and meta.examples:
        return meta.examples[0]
    if get_origin(annotation) is Annotated:
        inner, *metas = get_args(annotation)
        return example(inner, next((item for item in metas if isinstance(item, Meta)), meta))
    if get_origin(annotation) in (Union, UnionType):
        inner = next(arg for arg in get_args(annotation) if arg is not type(None))
        return None if _has_unknown_form(inner) else example(inner, meta)
    if get_origin(annotation) in (list, tuple, set, frozenset):
        return [example(get_args(annotation)[0])] * max(1, (meta.min_length if meta else None) or 1)
    return _plain(annotation, meta)


def example_of(form: type[Struct]) -> dict[str, Any]:
    return {field.encode_name: example(field.type) for field in fields(form)}


def _has_unknown_form(annotation: Any) -> bool:
    """A text that must match a pattern and gives no example: left out where it may be."""
    metas = [item for item in getattr(annotation, "__metadata__", ()) if isinstance(item, Meta)]
    return any(meta.pattern and not meta.examples for meta in metas)


def _plain(annotation: Any, meta: Meta | None) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return example_of(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation)).value
    if annotation is str:
        return _text(meta)
    if annotation is int and meta is not None:
        return _number(meta)
    return FIXED.get(annotation, {})


def _text(meta: Meta | None) -> str:
    """The field's own title, made to fit."""
    text = (meta and meta.title) or FILLING
    least, most = (meta and meta.min_length) or 0, (meta and meta.max_length) or len(text) + 1
    return text.ljust(least, FILLING)[: max(most, least)]


def _number(meta: Meta) -> int:
    if meta.ge is not None:
        return int(max(meta.ge, 1)) if meta.le is None or meta.le >= 1 else int(meta.ge)
    if meta.gt is not None:
        return int(meta.gt) + 1
    return 1
