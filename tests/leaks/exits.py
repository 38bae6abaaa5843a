"""Every way out of the real application: routes of pages and API, the operators' office, templates, commands, jobs."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from litestar import Litestar
from litestar.routes import ASGIRoute, HTTPRoute
from starlette.routing import Mount

import web
from admin.deeds import office_forms
from admin.office import LOGOUT, MOUNT, PATHS, OperatorsOffice
from server import worker
from server.cli import NAMES
from server.handlers import BATCHED, HANDLERS

TEMPLATES = Path(web.__file__).parent / "templates"
ACTS = re.compile(r"(/cases/\{case_id(?::uuid)?\}/acts/)[a-z-]+$")
"""One family, made from the catalogue: its tests walk the catalogue too."""
TABLES = re.compile(r"(/api/tables/)([a-z_]+)/.*")
FAMILY = r"\1*"
GROUPED = "grouped"


def exits(app: Litestar) -> set[str]:
    """Named as in exits.csv: `GET /desk`, `admin /api/user/`, `template desk/desk.html`, `command audit verify`."""
    return {*_routes(app), *_office(app), *_templates(), *_commands(), *_jobs()}


def _routes(app: Litestar) -> Iterator[str]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method in route.methods - {"OPTIONS"}:
                yield f"{method} {ACTS.sub(FAMILY, route.path)}"
        elif not (isinstance(route, ASGIRoute) and route.path == MOUNT):
            raise TypeError(f"nobody knows how to walk {route.path}")


def _office(app: Litestar) -> Iterator[str]:
    """What the door lets through; the rest of Piccolo is closed (tests/admin/test_routes.py)."""
    office: OperatorsOffice = app.state["operators_office"]
    for path in ways(office.piccolo):
        if PATHS.fullmatch(path) or path == LOGOUT:
            table = TABLES.fullmatch(path)
            family = table is not None and table[2] != GROUPED
            yield "admin " + (TABLES.sub(r"\1\2/*", path) if family else path)
    yield from (f"admin form {form.slug}" for form in office_forms(office.store, ""))


def ways(app: Any, prefix: str = "") -> Iterator[str]:
    """Full paths of the application and of what is mounted in it, middlewares looked through."""
    while not hasattr(app, "routes"):
        if not hasattr(app, "app"):
            yield prefix + "/"
            return
        app = app.app
    for route in app.routes:
        path = prefix + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield path + "/"
            yield from ways(route.app, path)
        else:
            yield path


def _templates() -> Iterator[str]:
    for file in TEMPLATES.rglob("*.html"):
        yield f"template {file.relative_to(TEMPLATES).as_posix()}"


def _commands() -> Iterator[str]:
    for name in NAMES:
        yield from _command(name, import_module(f"server.commands.{name.replace('-', '_')}").command)


def _command(name: str, command: click.Command) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield f"command {name}"
        return
    for part, inner in command.commands.items():
        yield from _command(f"{name} {part}", inner)


def _jobs() -> Iterator[str]:
    """Topics of the outbox, and what recurs by the clock."""
    yield from (f"job {topic}" for topic in {*HANDLERS, *BATCHED})
    for node in ast.walk(ast.parse(inspect.getsource(worker))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "CronJob":
            yield "job " + ast.unparse(node.args[0]).removeprefix("self._")
