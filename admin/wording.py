"""What people read in the office: titles instead of the names that Piccolo takes from the database, in their language.

Piccolo's page shows a table's name as it stands in the address, and a column's name as the schema titles it. So the
door gives out titles for names, and takes them back in addresses; Piccolo itself knows only its own names.
"""

import re
from collections.abc import Callable
from typing import Any

from admin.tables import DICTIONARIES
from admin.tree import TREE
from foundation.language import LANGUAGES, current_language, translate

TABLES: dict[str, Any] = {table._meta.tablename: table for table in (*DICTIONARIES, *TREE)}
IN_PATH = re.compile(r"/api/tables/([^/]+)(/.*)")
SCHEMA = re.compile(r"/api/tables/([^/]+)/schema/")
REFERENCES = re.compile(r"/api/tables/[^/]+/references/")
SAID = re.compile(r"/api/tables/(grouped/)?|/api/forms/.*|/api/links/|/public/meta/")
TRANSLATIONS = "/public/translations/"
PICCOLOS_CODES = {"zh": "zh-CN", "en": "en"}


def shown(name: str, language: str | None = None) -> str:
    """A table's name in addresses and in the menu; the page puts spaces for underscores."""
    return translate(TABLES[name].title, language).replace(" ", "_")


NAMES = {shown(name, language): name for name in TABLES for language in LANGUAGES}


def inward(path: str) -> str:
    """The path with Piccolo's own name of the table; its own names do as well."""
    found = IN_PATH.fullmatch(path)
    if found is None or found[1] not in NAMES:
        return path
    return f"/api/tables/{NAMES[found[1]]}{found[2]}"


def outward(path: str) -> Callable[[Any], Any] | None:
    """How the answer to this (inward) path is said otherwise; None = as it stands."""
    if found := SCHEMA.fullmatch(path):
        table = TABLES[found[1]]
        return lambda schema: said(_titled(schema, table))
    if REFERENCES.fullmatch(path) or SAID.fullmatch(path):
        return said
    if path == TRANSLATIONS:
        return lambda value: {**value, "default_language_code": PICCOLOS_CODES[current_language.get()]}
    return None


def titles_at(path: str) -> dict[str, str]:
    """Of the columns of the table that the (inward) path is about."""
    found = IN_PATH.fullmatch(path)
    titles: dict[str, str] = TABLES[found[1]].titles if found and found[1] in TABLES else {}
    return titles


def said(value: Any) -> Any:
    """Every text in the reader's language, every table by its title."""
    if isinstance(value, dict):
        return {said(key): said(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [said(inner) for inner in value]
    if isinstance(value, str):
        return shown(value) if value in TABLES else translate(value)
    return value


def _titled(schema: dict[str, Any], table: Any) -> dict[str, Any]:
    properties = schema["properties"]
    titled = {name: {**column, "title": table.titles.get(name, name)} for name, column in properties.items()}
    return {**schema, "properties": titled}
