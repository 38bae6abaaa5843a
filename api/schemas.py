"""JSON Schemas of every body and answer, from the structs themselves; titles in the reader's language."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from foundation.language import translate

REF = "#/components/schemas/{name}"


class Schemas:
    """All types at once, so that two structs of one name get two names."""

    def __init__(self, answers: Sequence[Any], bodies: Sequence[type[Struct]], language: str) -> None:
        types = [*answers, *bodies]
        found, components = msgspec.json.schema_components(types, ref_template=REF)
        self._of = list(zip(types, found, strict=True))
        refused_extras = {name for body in bodies for name in _reached(self.of(body), components)}
        self.components = {
            name: _translated(_closed(schema) if name in refused_extras else schema, language)
            for name, schema in components.items()
        }

    def of(self, annotation: Any) -> dict[str, Any]:
        """The schema to stand where `annotation` is used: mostly a reference."""
        return next(schema for known, schema in self._of if known == annotation)


def query_schemas(query: type[Struct], language: str) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    """(name, required, schema) of each query parameter; nothing in them is a reference."""
    for field in fields(query):
        schema = msgspec.json.schema(field.type)
        definitions = schema.pop("$defs", {})
        yield field.encode_name, field.required, _translated(_inlined(schema, definitions), language)


def _inlined(value: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        named = definitions[value["$ref"].rpartition("/")[2]]
        return {**_inlined(named, definitions), **{name: item for name, item in value.items() if name != "$ref"}}
    return {name: _inlined(item, definitions) for name, item in value.items()}


def _reached(value: Any, components: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    """Names of the components that a schema leads to."""
    if isinstance(value, list):
        return {name for item in value for name in _reached(item, components, seen)}
    if not isinstance(value, dict):
        return set()
    found = {name for item in value.values() for name in _reached(item, components, seen)}
    name = str(value.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen:
        found |= {name} | _reached(components[name], components, seen | {name})
    return found


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The door refuses unknown fields (`foundation.forms`), so the schema says so."""
    return {**schema, "additionalProperties": False} if schema.get("type") == "object" else schema


def _translated(value: Any, language: str) -> Any:
    if isinstance(value, list):
        return [_translated(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: translate(item, language)
        if name in ("title", "description") and isinstance(item, str)
        else _translated(item, language)
        for name, item in value.items()
    }
