"""One case walked through the API by many people: each call carries the version its caller sees, as a program would."""

from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response

from tests.door import Door

API = "/api/v1"


class Walker:
    """`case` is the id of the case under way; every act moves the clock, so that history has an order."""

    def __init__(self, door: Door) -> None:
        self.door, self.world = door, door.world
        self.case = ""
        self.number = ""
        self.codes: list[str] = []
        self.kept: dict[str, Any] = {}
        self._clients: dict[str, AsyncClient] = {}

    async def client(self, login: str, role: str | None = None) -> AsyncClient:
        key = f"{login}:{role}"
        if key not in self._clients:
            self._clients[key] = self.door.bearing(await self.door.sign_in(login, role))
        return self._clients[key]

    async def get(self, login: str, path: str, role: str | None = None) -> Response:
        return await (await self.client(login, role)).get(f"{API}{path}")

    async def read(self, login: str, part: str = "", role: str | None = None) -> Any:
        """A part of the case as this person may read it."""
        found = await self.get(login, f"/cases/{self.case}{'/' + part if part else ''}", role)
        assert found.status_code == 200, (login, part, found.text)
        return found.json()

    async def status(self, login: str, part: str = "", role: str | None = None) -> int:
        return (await self.get(login, f"/cases/{self.case}{'/' + part if part else ''}", role)).status_code

    async def attempt(self, login: str, act: str, *, post: str | None = None, **form: Any) -> Response:
        """The answer, whatever it is."""
        self.world.clock.advance(seconds=1)
        client = await self.client(login, post)
        header = {"If-Match": await self._version(client), "Idempotency-Key": str(uuid4())}
        return await client.post(f"{API}/cases/{self.case}/acts/{act}", json=form, headers=header)

    async def _version(self, client: AsyncClient) -> str:
        """The version on the case page, or on the preview for who has nothing but an offer."""
        for path in (f"{API}/cases/{self.case}", f"{API}/cases/{self.case}/handover"):
            found = await client.get(path)
            if found.status_code == 200:
                return str(found.headers["ETag"])
        return '"1"'

    async def do(self, login: str, act: str, *, post: str | None = None, **form: Any) -> Any:
        done = await self.attempt(login, act, post=post, **form)
        assert done.status_code == 200, (login, act, done.status_code, done.text)
        return done.json()

    async def refused(self, login: str, act: str, code: str, *, post: str | None = None, **form: Any) -> Any:
        """The act must be refused under this name; returns the problem."""
        answer = await self.attempt(login, act, post=post, **form)
        problem = answer.json()
        assert answer.status_code >= 400, (login, act, problem)
        assert problem["code"] == code, problem
        assert problem["detail"], problem
        return problem

    async def options(self, login: str, act: str, listed: str, post: str | None = None) -> dict[str, str]:
        """label → value of one list of the act's form."""
        found = await self.get(login, f"/cases/{self.case}/options/{act}", post)
        assert found.status_code == 200, (login, act, found.text)
        return {option["label"]: option["value"] for option in found.json()[listed]}

    async def upload(self, login: str, name: str, content: bytes) -> Any:
        client = await self.client(login)
        sent = await client.post(
            f"{API}/cases/{self.case}/files",
            files={"file": (name, content)},
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert sent.status_code == 201, sent.text
        return sent.json()

    async def petitioners(self, login: str = "xgll.director", *, active: bool = True) -> list[str]:
        parties = await self.read(login, "parties")
        wanted = ("active",) if active else ("active", "declined", "withdrawn", "settled")
        return [p["id"] for p in parties if p["side"] == "petitioner" and p["status"] in wanted]

    async def company(self, login: str = "xgll.director") -> str:
        parties = await self.read(login, "parties")
        return next(str(party["id"]) for party in parties if party["side"] == "respondent")

    async def person(self, login: str) -> str:
        return str((await self.world.subject(login)).person_id)

    async def days_pass(self, days: int) -> None:
        """Sessions end meanwhile; everybody signs in again."""
        self.world.clock.advance(days=days)
        await self.close()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()


async def lacking(walk: Walker, login: str) -> dict[str, str]:
    """What the case page says is missing, by act: the code of each refusal, before anybody tries."""
    offered = (await walk.read(login))["available_actions"]
    return {one["name"]: one["refusal"]["code"] for one in offered if one["refusal"]}
