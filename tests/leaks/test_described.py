"""The whole OpenAPI description asked by Schemathesis as three subjects: no 5xx, no answer that it does not announce.

In-process and without chance: each operation gets the same few requests in every run. Half of those that name a case
name a real one.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.openapi import document
from api.routes import endpoints
from server.catalogue import catalogue
from tests.conftest import NOON
from tests.leaks.ground import Ground
from tests.leaks.guests import admit

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SUBJECTS = {
    "director of the county": ("wr_director", "533423", "workroom"),
    "stranger of the sister county": ("wr_director", "533422", "workroom"),
    "system administrator": ("sysadmin", "530000", "justice_bureau"),
}
SCHEMA: Any = openapi.from_dict(document(endpoints(catalogue()), "en"))
OPERATIONS: dict[str, Any] = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}
EXAMPLES = 3


@pytest.mark.parametrize("label", OPERATIONS)
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data(), real=st.booleans())
async def test_every_operation_answers_as_described(
    ground: Ground, label: str, data: st.DataObject, real: bool
) -> None:
    asked: Any = data.draw(OPERATIONS[label].as_strategy())
    if real and "case_id" in (asked.path_parameters or {}):
        asked.path_parameters["case_id"] = str(ground.sister.case_id)
    for name in SUBJECTS:
        sent = asked.as_transport_kwargs(base_url="http://testserver")
        sent["headers"] = {**sent["headers"], "Authorization": f"Bearer {await token_of(ground, name, label)}"}
        async with ground.client() as client:
            request = client.build_request(**{key: value for key, value in sent.items() if key in USED})
            await request.aread()
            answer = await client.send(request)
        asked.validate_response(answer, checks=CHECKS)


async def token_of(ground: Ground, name: str, label: str) -> str:
    """One session each for all operations but those that end it."""
    key = (ground.world.owner_url, name)
    if key not in TOKENS or "sessions" in label:
        role, code, kind = SUBJECTS[name]
        async with ground.world.owner() as session:
            (guest,) = await admit(session, [(role, ground.desks[code, kind].id)], NOON)
        TOKENS[key] = guest.token
    return TOKENS[key]


TOKENS: dict[tuple[str, str], str] = {}
USED = frozenset({"method", "url", "params", "json", "data", "files", "headers", "content"})
