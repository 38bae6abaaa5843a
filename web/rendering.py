"""The Jinja environment of the pages: language, dates of Yunnan, money, addresses of our own files."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from foundation.clock import SHANGHAI
from foundation.language import translate
from tenants.roles import ROLE_NAMES
from web.forms.bound import BoundForm, as_typed
from web.forms.fields import Field
from web.forms.money import yuan

HERE = Path(__file__).parent
STATIC = HERE / "static"
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
    made.globals.update(_=translate, asset=asset, offered=offered)
    made.filters.update(
        field_id=field_id, input_type=input_type, plain=as_typed, day=day, moment=moment, yuan=yuan, role_name=role_name
    )
    return made


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
