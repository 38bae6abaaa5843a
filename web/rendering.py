"""The Jinja environment of the pages: language, dates of Yunnan, money, addresses of our own files."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cases.catalogue import Act
from dossiers.items import title_of_paper
from foundation.clock import SHANGHAI
from foundation.language import N_, in_a_row, mark, translate
from foundation.money import yuan
from tenants.roles import ROLE_NAMES
from web.forms.bound import BoundForm, at_first
from web.forms.fields import Field
from web.words import word

HERE = Path(__file__).parent
STATIC = HERE / "static"
OTHER_EVENTS = {
    "register": N_("接谈登记"),
    "import": N_("外部系统移交接入"),
    "split-off": N_("由原案拆分"),
    "tree-moved": N_("随区划调整"),
    "tree-offer-ended": N_("区划调整，移交终止"),
}
INPUT_TYPES = {"integer": "number", "date": "date", "datetime": "datetime-local", "password": "password"}


def environment() -> Environment:
    """Undefined names fail loudly; everything is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_=worded, mark=mark, asset=asset, offered=offered, is_filled=is_filled)
    made.filters.update(
        field_id=field_id, input_type=input_type, at_first=at_first, day=day, moment=moment, yuan=yuan,
        role_name=role_name, word=word, paper_title=paper_title, act_title=act_title, in_a_row=in_a_row,
    )  # fmt: skip
    return made


def worded(text: str, **params: object) -> str:
    """As `translate`; a day or moment among the words keeps its mark-up, everything else is escaped as ever."""
    if any(isinstance(value, Markup) for value in params.values()):
        return escape(translate(text)) % params
    return translate(text, None, **params)


@cache
def asset(name: str) -> str:
    """Address of a file of ours; it changes with the content, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def offered(field: Field, form: BoundForm) -> list[tuple[str, str]]:
    """(code, label in the reader's language) of what may be chosen."""
    if field.options:
        return [(option.value, translate(option.label)) for option in form.options.get(field.options, ())]
    return [(code, translate(label)) for code, label in field.choices]


def is_filled(fields: Sequence[Field], value: Mapping[str, object], prefix: str, form: BoundForm) -> bool:
    """Whether folded fields hold anything to see: what was typed, or what is wrong with it."""
    typed = any(value.get(one.name) not in (None, "", "false") for one in fields)
    return typed or any(f"{prefix}{one.name}" in form.errors for one in fields)


def field_id(path: str) -> str:
    return "f-" + path.replace(".", "-")


def input_type(widget: str) -> str:
    return INPUT_TYPES.get(widget, "text")


def day(value: datetime | date | None) -> str | Markup:
    """The day in Yunnan, or a dash."""
    if value is None:
        return "—"
    local = value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value
    return Markup('<time datetime="{0}">{0}</time>').format(local.isoformat())


def moment(value: datetime | None) -> str | Markup:
    """Day and minute in Yunnan, or a dash."""
    if value is None:
        return "—"
    local = value.astimezone(SHANGHAI)
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), local.strftime("%Y-%m-%d %H:%M"))


def role_name(role: str) -> str:
    return translate(ROLE_NAMES.get(role, role))


def paper_title(kind: str) -> str:
    return translate(title_of_paper(kind))


def act_title(act: str, acts: Mapping[str, Act], data: Mapping[str, Any] = MappingProxyType({})) -> str:
    """What was done, by the catalogue; registering is no act of it."""
    if act in acts:
        return translate(acts[act].told(data.get("verdict")))
    return translate(OTHER_EVENTS.get(act, act))
