"""Every way that the mounted application has, walked: what the office does not list answers 404."""

import re

from admin.office import OperatorsOffice
from tests.admin.seat import signed_in
from tests.door import Door
from tests.leaks.exits import ways

LISTED = re.compile(
    r"/|/assets.*|/api/(tables|forms)/.*|/api/(links|user)/|/public/(meta/|translations/.*)|/public/logout/"
)
"""Piccolo's page itself, the tables and forms, who is signed in, its words; signing out ends the platform's session."""
CLOSED = {"/public/login/", "/public/docs/", "/public/openapi.json", "/api/docs/", "/api/openapi.json"}
"""Some that must be among the others: an empty walk would prove nothing."""


async def test_every_way_of_piccolos_own_is_closed(door: Door) -> None:
    office: OperatorsOffice = door.app.state["operators_office"]
    found = {re.sub(r"\{[^}]*\}", "1", path) for path in ways(office.piccolo)}
    others = {path for path in found if not LISTED.fullmatch(path)}
    assert others >= CLOSED and {path for path in others if "password" in path or "media" in path}
    async with signed_in(door, "yunnan.admin") as admin:
        answers = {
            f"{method} {path}": (await admin.request(method, f"/admin{path}")).status_code
            for path in sorted(others)
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        }
    assert {way: status for way, status in answers.items() if status != 404} == {}


async def test_what_is_listed_is_there(door: Door) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        for path in ("/", "/api/tables/", "/api/forms/grouped/", "/api/links/", "/api/user/", "/public/meta/"):
            assert (await admin.get(f"/admin{path}")).status_code == 200, path
        assert (await admin.put("/admin/api/tables/dispute_types/8/", json={})).status_code == 405
