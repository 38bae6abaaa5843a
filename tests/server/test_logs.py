"""Everything that real processes print while people with names, numbers and secrets use them: none of it is theirs."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from foundation.endpoints import asyncpg_dsn
from server.first_fill import PASSWORD
from tests.in_memory import folder_of
from tests.people import CLAIMS
from tests.server.processes import Place, Process, filled_place

NAME, TELEPHONE, ADDRESS, NUMBER = "欧阳格桑卓玛", "13808870731", "建塘镇月光村七组", "53342119900101123X"
STATEMENT, WRONG_PASSWORD, FOREIGN_LOGIN = "邻居占用了我家的承包地", "Quite-wrong-8841", "yang.guilan.1990"
COMMANDS = ("serve", "worker")
UNKNOWN_TOPIC = (
    "insert into outbox (id, topic, payload, created_at, available_at, attempts)"
    " values ($1, 'test.unknown', '{}', now(), now(), 0)"
)
PLACE = "select id from places where code_mca = '533401100'"


def form(place: int, **changes: Any) -> dict[str, Any]:
    petitioner = {"name": NAME, "telephone": TELEPHONE, "address": ADDRESS, "id_number": NUMBER, "representative": True}
    return {
        "mode": "desk",
        "source": "application",
        "place_id": place,
        "dispute_type": 8,
        "first_visit": True,
        "petitioners": [petitioner],
        "visited_unit": "云岭路桥建设有限公司",
        "other_side": [{"kind": "unit", "name": "云岭路桥建设有限公司", "unit_kind": "enterprise"}],
        "statement": STATEMENT,
        "oral": True,
        "read_back": True,
        "claims": [CLAIMS[0]],
        "advice": "已讲明调解自愿",
        "privacy_notice": True,
    } | changes


class Story:
    """What was done, what was printed meanwhile, and what must not be in it."""

    def __init__(self, place: Place, web: Process, worker: Process) -> None:
        self.place, self.web, self.worker = place, web, worker
        self.secrets = {NAME, TELEPHONE, ADDRESS, NUMBER, STATEMENT, WRONG_PASSWORD, FOREIGN_LOGIN, PASSWORD}
        self.answers: dict[str, httpx.Response] = {}

    def lines(self, process: Process) -> list[dict[str, Any]]:
        """Every line is JSON, but for what the start tells of its progress."""
        return [json.loads(line) for line in process.printed().splitlines() if not line.startswith("[ ")]

    async def happen(self) -> None:
        owner = await asyncpg.connect(asyncpg_dsn(self.place.endpoints.owner))
        try:
            async with httpx.AsyncClient(base_url=self.web.address) as client:
                await self._sign_in(client)
                await self._register(client, owner, await owner.fetchval(PLACE))
                await self._look_around(client)
            await owner.execute(UNKNOWN_TOPIC, uuid4())
        finally:
            await owner.close()

    async def _sign_in(self, client: httpx.AsyncClient) -> None:
        for login in (FOREIGN_LOGIN, TELEPHONE, "jiantang.clerk"):
            await client.post("/api/v1/sessions", json={"login": login, "password": WRONG_PASSWORD})
        signed = await client.post("/api/v1/sessions", json={"login": "jiantang.clerk", "password": PASSWORD})
        token = signed.json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        self.secrets |= {token, "jiantang.clerk"}

    async def _register(self, client: httpx.AsyncClient, owner: asyncpg.Connection, place: int) -> None:
        done = await client.post("/api/v1/cases", json=form(place))
        assert done.status_code == 201, done.text
        self.secrets.add(done.json()["receipts"][0]["code"])
        self.answers["refused"] = await client.post("/api/v1/cases", json=form(place, mode=NAME, dispute_type="x"))
        await owner.execute("alter table parties rename to parties_away")
        self.answers["broken"] = await client.post("/api/v1/cases", json=form(place))
        await owner.execute("alter table parties_away rename to parties")
        number = done.json()["case"]["registration_no"]
        for code in (done.json()["receipts"][0]["code"], "WRONGCODE7"):
            await client.post("/api/v1/petitioner/status", json={"registration_no": number, "code": code})
        self.secrets |= {"WRONGCODE7", number}

    async def _look_around(self, client: httpx.AsyncClient) -> None:
        invitation = "Zx81-invitation-of-somebody"
        await client.get(f"/invitations/{invitation}")
        await client.get(f"/cases/{NAME}", params={"q": TELEPHONE})
        await client.get("/api/v1/cases", params={"q": NAME})
        await client.post("/status", data={"registration_no": NAME, "code": TELEPHONE})
        await client.get("/health", headers={"X-Request-Id": TELEPHONE, "X-Forwarded-For": "203.0.113.77"})
        self.secrets |= {invitation, "203.0.113.77", "127.0.0.1"}


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """Told once, at the level that says most."""
    with folder_of("logs") as folder, filled_place(folder / "data") as place:
        web, worker = (place.start(name, TIAOJIE_LOG="json", TIAOJIE_LOG_LEVEL="debug") for name in COMMANDS)
        web.until_ready()
        told = Story(place, web, worker)
        asyncio.run(told.happen())
        worker.until(lambda: "test.unknown" in worker.printed())
        assert [process.end(signal.SIGTERM) for process in (web, worker)] == [0, 0]
        yield told


def test_nothing_printed_is_personal_or_secret(story: Story) -> None:
    printed = story.web.printed() + story.worker.printed()
    assert len(printed) > 3000
    assert [secret for secret in story.secrets if secret in printed] == []


def test_each_request_is_one_line_with_pattern_status_tenant_and_role(story: Story) -> None:
    requests = [line for line in story.lines(story.web) if line["event"] == "request"]
    created = [line for line in requests if (line["method"], line["route"]) == ("POST", "/api/v1/cases")]
    assert [line["status"] for line in created] == [201, 422, 500]
    assert {line["role"] for line in created} == {"window_clerk"} and all(line["tenant"] for line in created)
    assert {line["route"] for line in requests} >= {"/invitations/{token}", "/api/v1/petitioner/status", "/status"}
    assert all(UUID(line["request_id"]) and line["ms"] >= 0 for line in requests)


def test_what_went_wrong_is_found_by_the_id_in_the_answer(story: Story) -> None:
    broken = story.answers["broken"]
    assert broken.status_code == 500
    request = broken.headers["x-request-id"]
    assert broken.json()["instance"] == f"urn:uuid:{request}"
    of_it = {line["event"]: line for line in story.lines(story.web) if line.get("request_id") == request}
    assert of_it["request"]["status"] == 500
    assert of_it["unexpected_error"]["kind"].endswith("UndefinedTableError")
    assert any("server/edge.py" in frame for frame in of_it["unexpected_error"]["where"])


def test_a_job_is_a_line_with_topic_and_row(story: Story) -> None:
    jobs = [line for line in story.lines(story.worker) if line["event"] == "job"]
    assert {(line["topic"], line["level"]) for line in jobs} >= {("case.changed", "info"), ("test.unknown", "error")}
    assert all(UUID(line["row"]) for line in jobs)


CARELESS = """
import asyncio, logging, warnings
from foundation import logs, mishaps
logs.configure("{form}", "debug")
logging.getLogger("library").warning("telephone %s", "{secret}")
logging.getLogger("library").error("wrong arguments %s %s", "{secret}")
logging.getLogger("library").info("{secret}")
warnings.warn("about {secret}")
async def fail():
    raise ValueError("{secret}")
async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
asyncio.run(main())
try:
    raise KeyError("{secret}") from ValueError("{secret}")
except KeyError as error:
    mishaps.record(error)
    logging.getLogger("uvicorn.error").error("in the application {secret}", exc_info=error)
logging.getLogger("uvicorn.error").warning("address already in use")
raise RuntimeError("{secret}")
"""


@pytest.mark.parametrize("form", ["json", "plain"])
def test_what_libraries_tell_is_told_without_their_words(form: str) -> None:
    program = CARELESS.replace("{form}", form).replace("{secret}", TELEPHONE)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    printed = done.stdout + done.stderr
    assert done.returncode == 1
    assert TELEPHONE not in printed
    assert "KeyError < ValueError" in printed and "RuntimeError" in printed and "library" in printed
    assert "address already in use" in printed
    assert printed.count("\n") == 8
