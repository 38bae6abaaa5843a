"""What the tests of steps 5 to 7 share: one case, spoken to through the API by its people and by its petitioners."""

from datetime import timedelta
from typing import Any

from httpx import Response

from foundation.clock import local_date
from tests.cases.build import Walk
from tests.door import SESSIONS, Door
from tests.teams.build import ask_alone, draft_form, papers, proposed, sealed, table

API = "/api/v1"
SUIT = {"way": "civil_suit", "organ": "香格里拉市人民法院", "last_day": "2029-03-01"}


def days(sitting: "Sitting", number: int) -> str:
    """The date so many days from now."""
    return str(local_date(sitting.world.clock.now()) + timedelta(days=number))


async def everyone(sitting: "Sitting") -> list[str]:
    """Petitioners who did not decline, and the company."""
    people = [str(one.id) for one in await sitting.walk.petitioners() if one.status != "declined"]
    return [*people, str((await sitting.walk.company()).id)]


class Sitting:
    """A case in mediation, and the doors to it. A refusal is an answer, not an exception."""

    def __init__(self, door: Door, walk: Walk) -> None:
        self.door, self.walk, self.world = door, walk, walk.world
        self.case = f"{API}/cases/{walk.case_id}"

    @classmethod
    async def proposed(cls, door: Door, *, persons: int = 2) -> "Sitting":
        """An opinion has been given: `persons` registered, all but the last at the table, and a company."""
        return cls(door, await proposed(door.world, persons=persons))

    @classmethod
    async def agreed(cls, door: Door, *, persons: int = 2) -> "Sitting":
        return cls(door, await sealed(door.world, persons=persons))

    def later(self, days: int) -> None:
        """Sessions end meanwhile; everybody signs in again."""
        self.world.clock.advance(days=days)
        SESSIONS.clear()

    async def attempt(self, login: str, act: str, **form: Any) -> Response:
        self.world.clock.advance(seconds=1)
        version = str((await self.world.case(self.walk.case_id)).version)
        client = await self.door.program(login)
        return await client.post(f"{self.case}/acts/{act}", json=form, headers={"If-Match": f'"{version}"'})

    async def do(self, login: str, act: str, **form: Any) -> dict[str, Any]:
        answer = await self.attempt(login, act, **form)
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def refused(self, login: str, act: str, **form: Any) -> str:
        """The name of the error."""
        answer = await self.attempt(login, act, **form)
        assert answer.status_code in (403, 404, 409), answer.text
        return str(answer.json()["code"])

    async def wrong(self, login: str, act: str, **form: Any) -> set[tuple[str, str]]:
        """(field, rule) of everything the form got wrong."""
        answer = await self.attempt(login, act, **form)
        assert answer.status_code == 422, answer.text
        return {(error["field"], error["rule"]) for error in answer.json()["errors"]}

    async def read(self, login: str, part: str = "") -> Any:
        client = await self.door.program(login)
        answer = await client.get(f"{self.case}{part}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def papers(self, kind: str) -> list[dict[str, Any]]:
        """Contents and addressees, oldest first."""
        return [{"content": paper.content, "party_id": str(paper.party_id)} for paper in await papers(self.walk, kind)]

    async def options(self, login: str, act: str, name: str) -> dict[str, str]:
        """Label to value."""
        found = await self.read(login, f"/options/{act}")
        return {one["label"]: one["value"] for one in found[name]}

    async def running(self) -> set[str]:
        """Kinds of the terms that run."""
        return {timer["kind"] for timer in await self.read("xgll.director", "/timers") if not timer["done"]}

    async def own(self, act: str, ordinal: int = 1, **form: Any) -> Response:
        """What a petitioner does on the own page, by number and code."""
        self.world.clock.advance(seconds=1)
        async with self.door.client() as nobody:
            return await nobody.post(f"{API}/petitioner/acts/{act}", json={**await self.key(ordinal), "form": form})

    async def own_page(self, ordinal: int = 1) -> dict[str, Any]:
        async with self.door.client() as nobody:
            answer = await nobody.post(f"{API}/petitioner/status", json=await self.key(ordinal))
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    async def key(self, ordinal: int) -> dict[str, str]:
        receipt = next(one for one in self.walk.receipts if one.ordinal == ordinal)
        return {"registration_no": (await self.world.case(self.walk.case_id)).registration_no, "code": receipt.code}

    async def table(self) -> list[str]:
        return await table(self.walk)

    async def drafted(self, **changes: Any) -> None:
        await self.do("xgll.handler", "draft-agreement", **await draft_form(self.walk, **changes))

    async def all_free(self) -> None:
        for party in await self.table():
            await ask_alone(self.walk, party)

    async def all_sign(self, **form: Any) -> None:
        for party in await self.table():
            await self.do("xgll.mediator", "sign-agreement", capacity="self", party_id=party, **form)
        await self.do("xgll.mediator", "sign-agreement", capacity="mediator", **form)
