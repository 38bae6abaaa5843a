"""The documentation is made from the routes, readable offline, and its examples hold."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.endpoint import PREFIX, Endpoint
from api.examples import example_of
from api.openapi import PARAMETER, document
from api.routes import endpoints
from cases.steps import MOVES
from foundation.forms import parse
from server.catalogue import catalogue
from tests.door import Door

ENDPOINTS = endpoints(catalogue())
WITH_BODY = [endpoint for endpoint in ENDPOINTS if endpoint.body is not None]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=[endpoint.name for endpoint in WITH_BODY])
def test_the_example_of_every_body_is_accepted_by_its_own_form(endpoint: Endpoint) -> None:
    assert endpoint.body is not None
    parse(endpoint.body, json.loads(json.dumps(example_of(endpoint.body))), strict=True)


def test_every_row_of_the_table_of_moves_is_an_operation() -> None:
    paths = document(ENDPOINTS, "zh")["paths"]
    acts = {path.rpartition("/")[2] for path in paths if "/cases/" in path and "/acts/" in path}
    assert acts == {move.act for move in MOVES}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_document_is_whole(language: str) -> None:
    shown = document(ENDPOINTS, language)
    assert shown["openapi"].startswith("3.1")
    operations = [operation for path in shown["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) == len(ENDPOINTS)
    known = {f"#/components/schemas/{name}" for name in shown["components"]["schemas"]}
    assert set(references(shown)) <= known
    for operation in operations:
        assert operation["summary"], operation
        content = operation.get("requestBody", {}).get("content", {})
        assert all("example" in body for kind, body in content.items() if kind == "application/json")


def test_what_changes_a_case_says_that_it_needs_the_version() -> None:
    paths = document(ENDPOINTS, "zh")["paths"]
    for act in catalogue().acts.values():
        operation = paths[f"{PREFIX}/cases/{{case_id}}/acts/{act.name}"]["post"]
        headers = {parameter["name"]: parameter["required"] for parameter in operation["parameters"]}
        assert headers.get("If-Match", False) is act.versioned, act.name
        assert ("428" in operation["responses"]) is act.versioned


def test_a_body_schema_refuses_what_the_door_refuses() -> None:
    schemas = document(ENDPOINTS, "zh")["components"]["schemas"]
    assert schemas["RegistrationForm"]["additionalProperties"] is False
    assert schemas["PetitionerRow"]["additionalProperties"] is False


async def test_every_documented_path_is_a_route(door: Door) -> None:
    served = {PARAMETER.sub(r"{\1}", path.path_format) for path in door.app.routes}
    documented = {PARAMETER.sub(r"{\1}", PREFIX + endpoint.path) for endpoint in ENDPOINTS}
    assert documented <= served


async def test_the_page_and_the_document_are_served_by_us_alone(door: Door) -> None:
    async with door.client() as anyone:
        page = await anyone.get("/api/docs")
        shown = await anyone.get("/api/openapi.json", headers={"Accept-Language": "en"})
        script = await anyone.get("/api/docs.js")
    assert page.status_code == shown.status_code == script.status_code == 200
    assert "//" not in page.text.replace("<!doctype", "") and "<style" not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert script.headers["content-type"].startswith("text/javascript")
    assert shown.json()["info"]["title"].isascii()


async def test_an_address_that_does_not_exist_is_answered_in_the_language_asked_for(door: Door) -> None:
    for path in ("/api/v1/nothing-here", "/api/nothing", "/api/v1/cases/nothing/at/all"):
        told = []
        for language in ("en", "zh"):
            async with door.client(headers={"Accept-Language": language}) as stranger:
                answer = await stranger.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
            told.append(answer.json()["title"])
        assert told == ["Not found", "没有找到"], path
