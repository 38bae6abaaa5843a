"""What the tests of the fourth step share: a case brought to 办理, and the API as each of its people speaks to it."""

from typing import Any
from uuid import uuid4

from httpx import Response

from foundation.errors import NotFound
from policies import gate
from policies.actions import Action
from tests.cases.build import Walk
from tests.door import Door
from tests.teams import build

API = "/api/v1"
ANALYSIS: dict[str, Any] = {"facts": "爆破致墙体开裂", "fit": "fits", "reasons": "因果关系成立"}


class Room:
    """One case and who works on it; every act carries the version that its doer sees."""

    def __init__(self, door: Door, walk: Walk) -> None:
        self.door, self.world, self.walk = door, door.world, walk

    async def sees(self, login: str) -> bool:
        """Whether the gate shows this person the case now; for a day on which the API's sessions have run out."""
        async with self.world.as_(login) as (session, subject):
            try:
                await gate.fetch(session, subject, Action.CASE_STATUS, self.walk.case_id)
            except NotFound:
                return False
        return True

    @classmethod
    async def entrusted(cls, door: Door, persons: int = 2) -> "Room":
        return cls(door, await build.entrusted(door.world, persons=persons))

    @classmethod
    async def confirmed(cls, door: Door, persons: int = 2) -> "Room":
        return cls(door, await build.confirmed(door.world, persons=persons))

    @property
    def address(self) -> str:
        return f"{API}/cases/{self.walk.case_id}"

    async def attempt(self, login: str, act: str, *, post: Any = None, **form: Any) -> Response:
        self.world.clock.advance(seconds=1)
        client = await self.door.program(login, post)
        seen = await client.get(self.address)
        headers = {"If-Match": seen.headers.get("ETag", '"1"'), "Idempotency-Key": str(uuid4())}
        return await client.post(f"{self.address}/acts/{act}", json=form, headers=headers)

    async def do(self, login: str, act: str, *, post: Any = None, **form: Any) -> None:
        done = await self.attempt(login, act, post=post, **form)
        assert done.status_code == 200, (login, act, done.text)

    async def wrong(self, login: str, act: str, **form: Any) -> set[tuple[str, str]]:
        """(field, rule) of a refused form."""
        answer = await self.attempt(login, act, **form)
        assert answer.status_code == 422, (login, act, answer.text)
        return {(error["field"], error["rule"]) for error in answer.json()["errors"]}

    async def refused(self, login: str, act: str, **form: Any) -> str:
        """The code of a refusal by state or right."""
        answer = await self.attempt(login, act, **form)
        assert answer.status_code in (403, 404, 409), (login, act, answer.text)
        return str(answer.json()["code"])

    async def read(self, login: str, part: str = "") -> Any:
        found = await (await self.door.program(login)).get(f"{self.address}/{part}".rstrip("/"))
        assert found.status_code == 200, (login, part, found.text)
        return found.json()

    async def status(self, login: str, role: str | None = None) -> int:
        return (await (await self.door.program(login, role)).get(self.address)).status_code

    async def options(self, login: str, act: str, listed: str) -> dict[str, str]:
        """Value -> label."""
        found = await (await self.door.program(login)).get(f"{self.address}/options/{act}")
        assert found.status_code == 200, found.text
        return {option["value"]: option["label"] for option in found.json()[listed]}

    async def person(self, login: str) -> str:
        return str((await self.world.subject(login)).person_id)

    async def team(self, **others: str) -> list[dict[str, Any]]:
        """Rows of a handler and a mediator, and `login=role` of others (dots of a login as __)."""
        chosen = {"xgll.handler": "handler", "xgll.mediator": "mediator"}
        chosen |= {login.replace("__", "."): role for login, role in others.items()}
        return await build.rows(self.world, chosen)

    def now(self) -> str:
        return self.world.clock.now().isoformat()
