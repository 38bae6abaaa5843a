"""What the tests of the first step share: a desk that registers, and the papers that come of it."""

from typing import Any

from httpx import AsyncClient, Response

from tests.door import Door
from tests.people import registration

CASES = "/api/v1/cases"


class Desk:
    """One person's desk at the API, in the language of the pages."""

    def __init__(self, door: Door, client: AsyncClient) -> None:
        self.door, self.client = door, client

    @classmethod
    async def of(cls, door: Door, login: str = "jiantang.clerk", role: str | None = None) -> "Desk":
        return cls(door, await door.program(login, role))

    async def send(self, *, persons: int = 1, representatives: int = 0, **changes: Any) -> Response:
        """A registration with these changes; None leaves a field out."""
        self.door.world.clock.advance(seconds=1)
        form = {**await registration(self.door.world, persons=persons, representatives=representatives), **changes}
        given = {name: value for name, value in form.items() if value is not None}
        return await self.client.post(CASES, json=given)

    async def register(self, **changes: Any) -> dict[str, Any]:
        answer = await self.send(**changes)
        assert answer.status_code == 201, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def wrong(self, **changes: Any) -> set[tuple[str, str]]:
        """(field, rule) of a refused registration."""
        answer = await self.send(**changes)
        assert answer.status_code == 422, answer.text
        return {(error["field"], error["rule"]) for error in answer.json()["errors"]}

    async def get(self, case: str, part: str = "") -> Response:
        return await self.client.get(f"{CASES}/{case}{part}")

    async def act(self, case: str, act: str, **form: Any) -> Response:
        self.door.world.clock.advance(seconds=1)
        version = (await self.get(case)).headers["etag"]
        return await self.client.post(f"{CASES}/{case}/acts/{act}", json=form, headers={"If-Match": version})

    async def paper(self, case: str, kind: str) -> dict[str, Any]:
        """The content of the newest paper of the kind."""
        listed = (await self.get(case, "/papers")).json()
        wanted = [paper["id"] for paper in listed if paper["kind"] == kind]
        content: dict[str, Any] = (await self.get(case, f"/papers/{wanted[-1]}")).json()["content"]
        return content
